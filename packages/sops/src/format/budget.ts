import { SopsError } from '../sops-error.ts';

/** Counts what a file consists of. Throws `SopsError` for more than allowed. */
export class Budget {
  #left: number;

  constructor(nodes: number) {
    this.#left = nodes;
  }

  spend(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new SopsError('too-large', 'it consists of more values than allowed');
  }
}
