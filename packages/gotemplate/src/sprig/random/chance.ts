/** Draws that are all equally likely. */
export class Chance {
  readonly #randomBytes: (count: number) => Uint8Array;

  constructor(randomBytes: (count: number) => Uint8Array) {
    this.#randomBytes = randomBytes;
  }

  /** From 0 to before a number of up to 64 bits. */
  below(count: bigint): bigint {
    // What is left over behind the last whole multiple would be likelier than the rest.
    const end = 2n ** 64n - (2n ** 64n % count);
    for (;;) {
      const drawn = Buffer.from(this.#randomBytes(8)).readBigUInt64BE();
      if (drawn < end) return drawn % count;
    }
  }

  /** So many characters of an alphabet of at most 256. */
  text(length: number, alphabet: string): string {
    const end = 256 - (256 % alphabet.length);
    let made = '';
    while (made.length < length) {
      const bytes = this.#randomBytes(Math.min(length - made.length, MAX_DRAW));
      for (const byte of bytes) if (byte < end) made += alphabet.charAt(byte % alphabet.length);
    }
    return made;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    const drawn: T[] = [];
    while (left.length > 0) {
      const at = Number(this.below(BigInt(left.length)));
      const [item] = left.slice(at, at + 1);
      const last = left.pop();
      if (at < left.length && last !== undefined) left[at] = last;
      if (item !== undefined) drawn.push(item);
    }
    return drawn;
  }
}

const MAX_DRAW = 65_536;
