import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

export interface RawEntry {
  readonly name?: string | Buffer;
  /** The type flag. */
  readonly type?: string;
  readonly content?: Buffer | string;
  /** What the header says instead of the content's length: a number, or the field's bytes. */
  readonly size?: number | Buffer;
  readonly mode?: number;
  readonly linkTo?: string;
  readonly prefix?: string;
  /** What the header says instead of the right checksum. */
  readonly checksum?: number;
}

const BLOCK = 512;

/** One entry as it is in a tar: a header that says whatever the test wants it to, and the content, padded. */
export function entryOf({
  name = 'file',
  type = '0',
  content = '',
  size,
  mode = 0o644,
  linkTo = '',
  prefix = '',
  checksum,
}: RawEntry): Buffer {
  const header = Buffer.alloc(BLOCK);
  const body = Buffer.from(content);
  const said = size ?? body.length;
  Buffer.from(name).copy(header, 0, 0, 100);
  header.write(mode.toString(8).padStart(7, '0'), 100);
  header.write('0000000\0'.repeat(2), 108);
  if (typeof said === 'number') header.write(said.toString(8).padStart(11, '0'), 124);
  else said.copy(header, 124, 0, 12);
  header.write('00000000000', 136);
  header.write(type, 156);
  header.write(linkTo, 157);
  header.write('ustar\0' + '00', 257, 'latin1');
  header.write(prefix, 345);
  header.fill(' ', 148, 156);
  const sum = checksum ?? header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)]);
}

/** A tar of these entries, with its two blocks of zeros at the end. */
export const tarOf = (...entries: readonly RawEntry[]): Buffer => Buffer.concat([...entries.map(entryOf), Buffer.alloc(2 * BLOCK)]);

/** The records of a pax header. */
export function paxOf(records: Readonly<Record<string, string>>): string {
  return Object.entries(records)
    .map(([key, value]) => {
      const rest = Buffer.byteLength(` ${key}=${value}\n`);
      let length = rest;
      while (rest + String(length).length !== length) length = rest + String(length).length;
      return `${length} ${key}=${value}\n`;
    })
    .join('');
}

export interface TestDirectory extends AsyncDisposable {
  readonly directory: string;
  /** Path, mode and content of everything in it; directories end with a slash. */
  list(): Promise<readonly string[]>;
}

export async function testDirectory(): Promise<TestDirectory> {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-artifact-'));
  return {
    directory,
    list: () => listing(directory),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Path, mode and content of everything below a directory, sorted. */
export async function listing(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const lines = await Promise.all(
    entries.map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = relative(directory, file);
      if (entry.isSymbolicLink()) return `${path} is a link`;
      const mode = ((await stat(file)).mode & 0o7777).toString(8);
      return entry.isDirectory() ? `${path}/ ${mode}` : `${path} ${mode} ${await readFile(file, 'utf8')}`;
    }),
  );
  return lines.sort();
}
