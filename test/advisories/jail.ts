import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type UnpackLimits, unpack } from '@gotk/artifact/files';
import { type RawEntry, tarOf, testDirectory } from '../../packages/artifact/test/tar.ts';

const MIB = 1024 * 1024;
const LIMITS: UnpackLimits = { maxEntries: 1_000, maxBytes: MIB };

export interface Unpacked {
  /** What came out, by path: the content of a file, or undefined for a directory. */
  readonly files: Readonly<Record<string, string | undefined>>;
  readonly error: unknown;
  /** What has changed beside the directory: nothing, ever. */
  readonly outside: readonly string[];
}

/** Unpacks bytes into a directory that lies among files worth attacking, and looks at all of them before and after. */
export async function unpackBytes(archive: Buffer, limits: UnpackLimits = LIMITS): Promise<Unpacked> {
  await using work = await testDirectory();
  const [victims, into, file] = [join(work.directory, 'a/b'), join(work.directory, 'a/b/into'), join(work.directory, 'archive.tar.gz')];
  await mkdir(into, { recursive: true });
  await writeFile(file, archive);
  for (const name of ['secret', 'token', 'C:secret']) await writeFile(join(victims, name), `the ${name}`);
  await symlink('secret', join(victims, 'link'));
  const around = async () => (await snapshot(work.directory)).filter((line) => !line.startsWith('a/b/into/'));
  const before = await around();
  const error = await unpack(file, into, limits).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const after = await around();
  const outside = [...after.filter((line) => !before.includes(line)), ...before.filter((line) => !after.includes(line))];
  return { files: await contents(into), error, outside };
}

export const unpackEntries = (...entries: readonly RawEntry[]): Promise<Unpacked> => unpackBytes(gzipSync(tarOf(...entries)));

async function walk(directory: string): Promise<readonly { readonly path: string; readonly file: string }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.map(({ parentPath, name }) => ({ path: relative(directory, join(parentPath, name)), file: join(parentPath, name) }));
}

/** Kind, mode, time, number of names and content of everything below a directory. */
async function snapshot(directory: string): Promise<readonly string[]> {
  const lines = (await walk(directory)).map(async ({ path, file }) => {
    const stat = await lstat(file);
    const content = stat.isFile() ? await readFile(file, 'utf8') : stat.isSymbolicLink() ? await readlink(file) : '';
    // A directory's time changes with what is made in the one we unpack into.
    return `${path} ${stat.mode} ${stat.isDirectory() ? '' : `${stat.nlink} ${stat.mtimeMs}`} ${content}`;
  });
  return (await Promise.all(lines)).sort();
}

async function contents(directory: string): Promise<Readonly<Record<string, string | undefined>>> {
  const found = (await walk(directory)).map(async ({ path, file }) => {
    const stat = await lstat(file);
    if (stat.isSymbolicLink() || stat.nlink > 1 + (stat.isDirectory() ? 1_000 : 0)) return [path, 'a link'] as const;
    return [path, stat.isFile() ? await readFile(file, 'utf8') : undefined] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}
