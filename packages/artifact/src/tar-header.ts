import { paddingOf } from './tar-writer.ts';

/** What the header of an entry says, with what extension headers before it said. */
export interface EntryHeader {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'other';
  readonly executable: boolean;
  /** Bytes of content that follow; 0 for what has none, whatever its header claims. */
  readonly size: number;
}

/** What a block is. After an extension come `size` bytes for `extend`, after an entry those of its content; then what pads them. */
export type HeaderStep =
  | { readonly kind: 'end' }
  | { readonly kind: 'extension'; readonly flag: string; readonly size: number }
  | { readonly kind: 'entry'; readonly entry: EntryHeader };

export const TAR_BLOCK = 512;
/** A name may come in a header of its own; nothing needs a longer one. */
const MAX_EXTENSION_BYTES = 64 * 1024;
const EXTENSIONS: ReadonlySet<string> = new Set(['x', 'g', 'L', 'K']);
/** '7' is a contiguous file: one like others wherever contiguity means nothing, as POSIX and Go have it. */
const FILES: ReadonlySet<string> = new Set(['0', '\0', '7']);
const DIRECTORY = '5';
const WITHOUT_CONTENT: ReadonlySet<string> = new Set(['1', '2', '3', '4', DIRECTORY, '6']);
const USTAR = Buffer.from('ustar\0' + '00', 'latin1');

interface Pax {
  readonly name?: string;
  readonly size?: number;
}

/**
 * Understands the headers of one tar, in their order: POSIX ustar and pax, GNU long names as Go's archive/tar has them, and no more of them than it. Throws what `refuse` makes of
 * the reason for whatever is no sound header; sizes are whole numbers of at least 0.
 */
export class TarHeaders {
  readonly #refuse: (what: string) => Error;
  #pax: Pax = {};
  #longName = '';

  constructor(refuse: (what: string) => Error) {
    this.#refuse = refuse;
  }

  /** What this block is. An archive ends with its first block of zeros. */
  read(header: Buffer): HeaderStep {
    if (header.every((byte) => byte === 0)) return { kind: 'end' };
    this.#checkSum(header);
    const flag = String.fromCharCode(header[156] ?? 0);
    const declared = this.#number(header.subarray(124, 136));
    // Go lets what has no content have a negative size. Nobody writes that, and readers differ about it.
    if (declared < 0) throw this.#refuse('a negative size');
    if (EXTENSIONS.has(flag)) {
      if (declared > MAX_EXTENSION_BYTES) throw this.#refuse(`an extension header of ${declared} bytes`);
      return { kind: 'extension', flag, size: declared };
    }
    const name = this.#longName || this.#pax.name || nameOf(header);
    // Archives from before there were types end the names of their directories with a slash.
    const isDirectory = flag === DIRECTORY || (flag === '\0' && name.endsWith('/'));
    // Links, devices and directories have no content. Readers that believed their sizes would see other entries than those that do not.
    const size = isDirectory || WITHOUT_CONTENT.has(flag) ? 0 : (this.#pax.size ?? declared);
    const executable = (this.#number(header.subarray(100, 108)) & 0o100) !== 0;
    [this.#pax, this.#longName] = [{}, ''];
    return { kind: 'entry', entry: { name, type: isDirectory ? 'directory' : FILES.has(flag) ? 'file' : 'other', executable, size } };
  }

  /** Takes the content of an extension header. It is about the next entry; one for all entries (`g`) is about none, for only comments belong there. */
  extend(flag: string, body: Buffer): void {
    if (flag === 'x') this.#pax = this.#paxOf(body);
    if (flag === 'L') this.#longName = textOf(body);
  }

  #checkSum(header: Buffer): void {
    const sum = (as: (byte: number) => number) =>
      header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : as(byte)), 0);
    const declared = this.#number(header.subarray(148, 156));
    // Old writers summed signed bytes.
    if (declared !== sum((byte) => byte) && declared !== sum((byte) => (byte << 24) >> 24))
      throw this.#refuse('a header with a wrong checksum');
  }

  /** Octal digits among spaces and NULs, or, with the first bit set, a two's complement. */
  #number(field: Buffer): number {
    if ((field[0] ?? 0) & 0x80) {
      const bits = BigInt(`0x${field.toString('hex')}`);
      const value = Number(BigInt.asIntN(field.length * 8 - 1, bits));
      if (!Number.isSafeInteger(value)) throw this.#refuse('a number beyond all measure');
      return value;
    }
    const digits = /^[ \0]*([0-7]*)(?:[ \0]*$|\0)/.exec(field.toString('latin1'))?.[1];
    if (digits === undefined) throw this.#refuse('a number that is none');
    return digits === '' ? 0 : Number.parseInt(digits, 8);
  }

  /** Records of `<length> <key>=<value>\n`, of which name and size matter. An empty name is that of the header. */
  #paxOf(body: Buffer): Pax {
    const damaged = () => this.#refuse('a damaged pax header');
    const found: { name?: string; size?: number } = {};
    for (let at = 0; at < body.length; ) {
      const space = body.indexOf(0x20, at);
      const digits = body.toString('latin1', at, Math.max(at, Math.min(space, at + 8)));
      const length = /^[1-9]\d{0,5}$/.test(digits) ? Number(digits) : 0;
      const record = body.toString('utf8', space + 1, at + length);
      const equals = record.indexOf('=');
      if (length === 0 || at + length > body.length || equals < 1 || !record.endsWith('\n')) throw damaged();
      const [key, value] = [record.slice(0, equals), record.slice(equals + 1, -1)];
      if (key === 'path' && value.includes('\0')) throw this.#refuse('a name with a NUL, which must not be unpacked');
      if (key === 'path') found.name = value;
      if (key === 'size' && !/^\d{1,15}$/.test(value)) throw damaged();
      if (key === 'size') found.size = Number(value);
      at += length;
    }
    return found;
  }
}

/** How many bytes a content takes with its padding. */
export const paddedSize = (size: number): number => size + paddingOf(size);

/** GNU's own format looks like ustar and has times where that has the first part of long names. */
function nameOf(header: Buffer): string {
  const name = textOf(header.subarray(0, 100));
  const prefix = header.subarray(257, 265).equals(USTAR) ? textOf(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Text up to the first NUL. */
function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}
