import { ArtifactError } from './artifact-error.ts';

/** One entry of a tar, as its header has it. */
export interface TarEntry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'other';
  readonly executable: boolean;
  readonly size: number;
  /** The content, to be read before the next entry; what is not read is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

const BLOCK = 512;
/** A name may come in a header of its own; nothing needs a longer one. */
const MAX_EXTENSION_BYTES = 64 * 1024;
const WITHOUT_CONTENT: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5', '6']);

/**
 * Reads a tar as it arrives (POSIX ustar and pax, GNU long names). Holds one block and one extension header at most, whatever the headers
 * claim. Throws `ArtifactError` for what is no tar.
 */
export async function* readTar(chunks: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const source = byteSource(chunks);
  let extension: { readonly name?: string; readonly size?: number } = {};
  for (;;) {
    const header = await source.exactly(BLOCK);
    if (header === undefined) return;
    if (header.every((byte) => byte === 0)) return;
    checkSum(header);
    const flag = String.fromCharCode(header[156] ?? 0);
    const declared = numberAt(header, 124, 12);
    if (flag === 'x' || flag === 'L' || flag === 'g' || flag === 'K') {
      if (declared > MAX_EXTENSION_BYTES) throw hostile(`an extension header of ${declared} bytes`);
      const body = await source.exactly(padded(declared));
      if (body === undefined) throw truncated();
      if (flag === 'x') extension = { ...extension, ...paxOf(body.subarray(0, declared)) };
      if (flag === 'L') extension = { ...extension, name: textOf(body.subarray(0, declared)) };
      continue;
    }
    // Links, devices and directories have no content. Readers that believed their sizes would see other entries than those that do not.
    const size = WITHOUT_CONTENT.has(flag) ? 0 : (extension.size ?? declared);
    const remaining = { bytes: size };
    yield {
      name: extension.name ?? nameOf(header),
      type: flag === '0' || flag === '\0' ? 'file' : flag === '5' ? 'directory' : 'other',
      executable: (numberAt(header, 100, 8) & 0o100) !== 0,
      size,
      content: contentOf(source, remaining),
    };
    extension = {};
    await source.skip(remaining.bytes + padded(size) - size);
  }
}

async function* contentOf(source: ByteSource, remaining: { bytes: number }): AsyncGenerator<Buffer> {
  while (remaining.bytes > 0) {
    const chunk = await source.upTo(remaining.bytes);
    if (chunk === undefined) throw truncated();
    remaining.bytes -= chunk.length;
    yield chunk;
  }
}

interface ByteSource {
  /** Exactly so many bytes; undefined when the input ends before the first. */
  exactly(count: number): Promise<Buffer | undefined>;
  /** At least one byte and at most so many; undefined at the end. */
  upTo(count: number): Promise<Buffer | undefined>;
  skip(count: number): Promise<void>;
}

function byteSource(chunks: AsyncIterable<Buffer>): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const upTo = async (count: number): Promise<Buffer | undefined> => {
    while (rest.length === 0) {
      const { done, value } = await iterator.next();
      if (done) return undefined;
      rest = value;
    }
    const taken = rest.subarray(0, count);
    rest = rest.subarray(taken.length);
    return taken;
  };
  return {
    upTo,
    async exactly(count) {
      const parts: Buffer[] = [];
      let missing = count;
      while (missing > 0) {
        const part = await upTo(missing);
        if (part === undefined) {
          if (parts.length === 0) return undefined;
          throw truncated();
        }
        parts.push(part);
        missing -= part.length;
      }
      return Buffer.concat(parts);
    },
    async skip(count) {
      for (let left = count; left > 0; ) {
        const part = await upTo(left);
        if (part === undefined) throw truncated();
        left -= part.length;
      }
    },
  };
}

const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK;

function nameOf(header: Buffer): string {
  const name = textOf(header.subarray(0, 100));
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? textOf(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Text up to the first NUL. */
function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

function numberAt(header: Buffer, offset: number, length: number): number {
  const field = header.subarray(offset, offset + length);
  // Sizes beyond eight gibibytes are written in binary; nothing that large is taken.
  const text = (field[0] ?? 0) & 0x80 ? '' : textOf(field).trim();
  if (!/^[0-7]*$/.test(text) || (field[0] ?? 0) & 0x80) throw hostile('a number that is none');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

/** Records of `<length> <key>=<value>\n`, of which name and size matter. */
function paxOf(body: Buffer): { readonly name?: string; readonly size?: number } {
  const found: { name?: string; size?: number } = {};
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const digits = body.toString('latin1', at, Math.min(space, at + 8));
    const length = /^[1-9]\d{0,5}$/.test(digits) ? Number(digits) : 0;
    const record = body.toString('utf8', space + 1, at + length);
    const equals = record.indexOf('=');
    if (length === 0 || at + length > body.length || equals < 1 || !record.endsWith('\n')) throw hostile('a damaged pax header');
    const value = record.slice(equals + 1, -1);
    switch (record.slice(0, equals)) {
      case 'path':
        found.name = value;
        break;
      case 'size':
        if (!/^\d{1,15}$/.test(value)) throw hostile('a damaged pax header');
        found.size = Number(value);
        break;
      default:
    }
    at += length;
  }
  return found;
}

function checkSum(header: Buffer): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (sum !== numberAt(header, 148, 8)) throw hostile('a header with a wrong checksum');
}

const hostile = (what: string) => new ArtifactError('hostile', `the artifact is no sound tar archive: ${what}`);
const truncated = () => new ArtifactError('hostile', 'the artifact is no sound tar archive: it ends too early');
