import { gunzipSync, gzipSync } from 'node:zlib';
import { END_OF_TAR, paddingOf, renderTarHeader } from '@gotk/artifact/files';
import { type ArchiveEntry, type ChartFile, HelmError } from '@gotk/helm';

const BLOCK = 512;
/** A header, and an extension with a long name, for each of so many files: what may be there besides contents. */
const HEADERS_BYTES = 16 * 1024 * 1024;
const MAX_EXTENSION_BYTES = 64 * 1024;
const REGULAR: ReadonlySet<string> = new Set(['0', '\0', '7']);
const WITHOUT_CONTENT: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5', '6']);
const FILE_MODE = 0o644;

/**
 * The regular files of a `.tgz`, one at a time; links, devices and directories are passed over. Unpacks no more than `maxBytes` of files may take, whatever the archive says of itself.
 * Throws `HelmError`: `too-large`, or `invalid-chart` for what is no archive.
 */
export function* tarEntries(archive: Uint8Array, maxBytes: number): Generator<ArchiveEntry> {
  const tar = unzipped(archive, maxBytes);
  let extension: Extension = {};
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    checkSum(header);
    const flag = String.fromCharCode(header[156] ?? 0);
    const declared = numberIn(header.subarray(124, 136));
    const isExtension = flag === 'x' || flag === 'g' || flag === 'L' || flag === 'K';
    const size = WITHOUT_CONTENT.has(flag) ? 0 : isExtension ? declared : (extension.size ?? declared);
    const start = at + BLOCK;
    if (start + size > tar.length) throw broken('it ends too early');
    const data = tar.subarray(start, start + size);
    at = start + size + paddingOf(size);
    if (isExtension) {
      if (size > MAX_EXTENSION_BYTES) throw broken('an extension header that is too long');
      if (flag === 'x') extension = { ...extension, ...paxOf(data) };
      if (flag === 'L') extension = { ...extension, name: textOf(data) };
      continue;
    }
    if (REGULAR.has(flag)) yield { name: extension.name ?? nameOf(header), data };
    extension = {};
  }
}

/** A `.tgz` of files in the order given, of nobody's and of no time: equal files are equal bytes. */
export function packTar(files: readonly ChartFile[]): Buffer {
  const blocks = files.flatMap(({ name, data }) => [
    renderTarHeader({ name, mode: FILE_MODE, size: data.length }),
    data,
    END_OF_TAR.subarray(0, paddingOf(data.length)),
  ]);
  return gzipSync(Buffer.concat([...blocks, END_OF_TAR]));
}

function unzipped(archive: Uint8Array, maxBytes: number): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: maxBytes + HEADERS_BYTES });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw new HelmError('too-large', `decompressed chart is larger than the maximum size ${maxBytes}`, { cause: error });
    throw new HelmError('invalid-chart', 'the chart is no sound gzip file', { cause: error });
  }
}

interface Extension {
  readonly name?: string;
  readonly size?: number;
}

function nameOf(header: Buffer): string {
  const name = textOf(header.subarray(0, 100));
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? textOf(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

function numberIn(field: Buffer): number {
  const text = textOf(field).trim();
  if (!/^[0-7]*$/.test(text)) throw broken('a number that is none');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

/** Records of `<length> <key>=<value>\n`, of which name and size matter. */
function paxOf(body: Buffer): Extension {
  const found: { name?: string; size?: number } = {};
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const digits = body.toString('latin1', at, Math.max(at, Math.min(space, at + 8)));
    const length = /^[1-9]\d{0,5}$/.test(digits) ? Number(digits) : 0;
    const record = body.toString('utf8', space + 1, at + length);
    const equals = record.indexOf('=');
    if (length === 0 || at + length > body.length || equals < 1 || !record.endsWith('\n')) throw broken('a damaged extension header');
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1, -1)];
    if (key === 'path') found.name = value;
    if (key === 'size') {
      if (!/^\d{1,15}$/.test(value)) throw broken('a damaged extension header');
      found.size = Number(value);
    }
    at += length;
  }
  return found;
}

function checkSum(header: Buffer): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (sum !== numberIn(header.subarray(148, 156))) throw broken('a header with a wrong checksum');
}

const broken = (what: string) => new HelmError('invalid-chart', `the chart is no sound tar archive: ${what}`);
