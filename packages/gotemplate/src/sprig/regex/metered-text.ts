import type { CallContext } from '../../value/model.ts';

const READS_BETWEEN_COUNTS = 1024;
/** A step is about the time in which the engine goes through this many of its instructions; a character costs as much as a few of them by itself. */
const INSTRUCTIONS_PER_STEP = 32;
const INSTRUCTIONS_PER_CHARACTER = 8;

/**
 * A text that counts how much of it the engine reads: how far it looks beyond a match, nobody can tell before. It is a `String`, as that is what the engine takes besides
 * strings, and overrides what the engine reads it with.
 */
export class MeteredText extends String {
  readonly #spend: CallContext['spend'];
  readonly #stepsPerRead: number;
  #reads = 0;

  constructor(text: string, { instructions, spend }: { readonly instructions: number } & Pick<CallContext, 'spend'>) {
    super(text);
    this.#spend = spend;
    this.#stepsPerRead = (INSTRUCTIONS_PER_CHARACTER + instructions) / INSTRUCTIONS_PER_STEP;
    this.count(1);
  }

  override charCodeAt(at: number): number {
    this.count(1);
    return super.charCodeAt(at);
  }

  override indexOf(wanted: string, from = 0): number {
    const found = super.indexOf(wanted, from);
    // Where the engine looks for a fixed text, that is all it does.
    this.count(((found === -1 ? this.length : found) - from) / 64);
    return found;
  }

  count(reads: number): void {
    this.#reads += reads;
    if (this.#reads >= READS_BETWEEN_COUNTS) this.settle();
  }

  /** Counts what was read since the last time against the limits. Throws `TemplateError`. */
  settle(): void {
    const reads = this.#reads;
    this.#reads = 0;
    this.#spend(reads * this.#stepsPerRead);
  }
}
