import { BuildError } from '../build-error.ts';

/** In characters. A replacement may double what it copies, and the next one does it again. */
const MAX_COPIED = 128 * 1024 * 1024;
/** What a value takes beside its text. */
const NODE_COST = 128;

/** What the replacements of one kustomization may copy and parse in all. */
export class Budget {
  /** The replacement that is spending, for messages. */
  at = '';
  #left = MAX_COPIED;

  /** Throws `BuildError` when nothing is left. */
  spend(text: string): void {
    this.#left -= NODE_COST + text.length;
    if (this.#left < 0) throw new BuildError(`${this.at}: the replacements copy too much`);
  }
}
