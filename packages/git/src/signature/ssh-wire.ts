import { Refused } from './outcome.ts';

/** Reads the fields of an SSH structure (RFC 4251, 5): lengths are checked against what is there, and nothing may be left over. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bytes(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new Refused('an SSH structure ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  byte(): number {
    return this.bytes(1).readUInt8();
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE();
  }

  string(): Buffer {
    return this.bytes(this.uint32());
  }

  /** A name, which is ASCII. */
  text(): string {
    const text = this.string().toString('latin1');
    if (!/^[ -~]*$/.test(text)) throw new Refused('an SSH structure holds a name that is not ASCII');
    return text;
  }

  /** A positive number, without the zeros in front. */
  mpint(): Buffer {
    const bytes = this.string();
    const [first = 0, second = 0] = bytes;
    if (bytes.length === 0 || first >= 0x80 || (first === 0 && second < 0x80))
      throw new Refused('an SSH structure holds a number in no proper form');
    return first === 0 ? bytes.subarray(1) : bytes;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new Refused('an SSH structure has bytes left over');
  }
}

export function wireString(value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
