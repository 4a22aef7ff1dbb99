import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryOf, listing, paxOf, type RawEntry, tarOf, testDirectory } from '../test/tar.ts';
import { writeArchive } from './archive.ts';
import { ArtifactError } from './artifact-error.ts';
import { unpack } from './unpack.ts';

const MIB = 1024 * 1024;
const LIMITS = { maxEntries: 100, maxBytes: MIB };

interface Outcome {
  readonly files: readonly string[];
  readonly bytes: number | undefined;
  readonly error: unknown;
  /** What came to be beside the directory. */
  readonly outside: readonly string[];
}

/** Unpacks bytes as they are. */
async function unpackBytes(archive: Buffer, limits = LIMITS): Promise<Outcome> {
  await using work = await testDirectory();
  const [file, directory] = [join(work.directory, 'archive.tar.gz'), join(work.directory, 'a/b/into')];
  await writeFile(file, archive);
  await mkdir(directory, { recursive: true });
  const before = await work.list();
  const outcome = await unpack(file, directory, limits).then(
    (bytes) => ({ bytes, error: undefined }),
    (error: unknown) => ({ bytes: undefined, error }),
  );
  const outside = (await work.list()).filter((line) => !before.includes(line) && !line.startsWith('a/b/into/'));
  return { ...outcome, files: await listing(directory), outside };
}

const unpackEntries = (...entries: readonly RawEntry[]) => unpackBytes(gzipSync(tarOf(...entries)));

describe('an artifact', () => {
  test('is unpacked with modes of ours, whatever the archive says', async () => {
    const { files, bytes } = await unpackEntries(
      { name: 'd/', type: '5', mode: 0o777 },
      { name: 'd/run', mode: 0o6755, content: '#!' },
      { name: 'd/secret', mode: 0o000, content: 's' },
      { name: 'not/announced/file', content: 'abc' },
    );

    expect(files).toEqual(['d/ 700', 'd/run 700 #!', 'd/secret 600 s', 'not/ 700', 'not/announced/ 700', 'not/announced/file 600 abc']);
    expect(bytes).toBe(6);
  });

  test('may start its names with ./ and announce directories twice', async () => {
    const { files } = await unpackEntries(
      { name: './', type: '5' },
      { name: './d/', type: '5' },
      { name: 'd', type: '5' },
      { name: './d/f' },
    );

    expect(files).toEqual(['d/ 700', 'd/f 600 ']);
  });

  test('made by tar itself comes out, in each of its formats', async () => {
    for (const format of ['ustar', 'pax', 'gnu', 'oldgnu']) {
      await using work = await testDirectory();
      const source = join(work.directory, 'source');
      const long = `${'directory-with-a-long-name/'.repeat(4)}${format === 'ustar' ? 'x' : 'and-a-file-with-a-longer-one'.repeat(4)}`;
      await mkdir(join(source, long, '..'), { recursive: true });
      await writeFile(join(source, long), 'long', { mode: 0o644 });
      await writeFile(join(source, 'größe'), 'ü', { mode: 0o755 });
      await symlink('/etc/passwd', join(source, 'link'));
      await promisify(execFile)('tar', ['-C', source, `--format=${format}`, '-czf', join(work.directory, 'x.tgz'), '.']);
      const into = join(work.directory, 'into');
      await mkdir(into);

      await unpack(join(work.directory, 'x.tgz'), into, LIMITS);

      expect((await listing(into)).filter((line) => !line.includes('/ '))).toEqual([`${long} 600 long`, 'größe 700 ü']);
    }
  });
});

describe('links and devices', () => {
  test.each([
    ['a symbolic link', '2'],
    ['a hard link', '1'],
    ['a character device', '3'],
    ['a block device', '4'],
    ['a pipe', '6'],
    ['a type that nobody knows', 'Z'],
  ])('%s does not come out, and the rest does', async (_, type) => {
    const { files, error } = await unpackEntries({ name: 'x', type, linkTo: '../../../archive.tar.gz' }, { name: 'file', content: 'ok' });

    expect(error).toBeUndefined();
    expect(files).toEqual(['file 600 ok']);
  });

  test('leave no trace, neither by their directory nor by a name that a file could not have', async () => {
    const { files, error } = await unpackEntries({ name: 'd/link', type: '2', linkTo: 'x' }, { name: '../up', type: '2', linkTo: 'x' });

    expect({ files, error }).toEqual({ files: [], error: undefined });
  });

  test('lead nowhere: what is below one is below a directory of ours', async () => {
    const { files, outside } = await unpackEntries({ name: 's', type: '2', linkTo: '../..' }, { name: 's/out', content: 'x' });

    expect(files).toEqual(['s/ 700', 's/out 600 x']);
    expect(outside).toEqual([]);
  });
});

describe('a name is refused, and nothing written outside,', () => {
  const long = (path: string): readonly RawEntry[] => [{ type: 'x', content: paxOf({ path }) }, { content: 'x' }];
  test.each<[string, readonly RawEntry[]]>([
    ['that leads up', [{ name: '../out' }]],
    ['that leads up from below', [{ name: 'a/../../out' }]],
    ['that leads up and comes back', [{ name: '../into/file' }]],
    ['that leads up behind ./', [{ name: './../out' }]],
    ['that leads up for a directory', [{ name: '../out/', type: '5' }]],
    ['that ends with ..', [{ name: 'a/..', type: '5' }]],
    ['that is absolute', [{ name: '/out' }]],
    ['that is absolute behind ./', [{ name: './/out' }]],
    ['that is empty', [{ name: '' }]],
    ['that has an empty part', [{ name: 'a//b' }]],
    ['that has a part of one dot', [{ name: 'a/./b' }]],
    ['that has a backslash', [{ name: '..\\out' }]],
    ['that has a NUL', long('file\0.txt')],
    ['that leads up in a pax header', long('../out')],
    ['that leads up in a long name of GNU', [{ type: 'L', content: '../out\0' }, {}]],
    ['that leads up through its prefix', [{ name: 'out', prefix: '..' }]],
    ['with a part longer than any', long('x'.repeat(256))],
    ['that is longer than any', long('dir/'.repeat(1_100).concat('x'))],
    ['that is nested more deeply than 64 directories', long('d/'.repeat(64).concat('x'))],
  ])('%s', async (_, entries) => {
    const { error, files, outside } = await unpackEntries(...entries);

    expect(error).toMatchObject({
      name: 'ArtifactError',
      kind: 'hostile',
      message: expect.stringMatching(/must not be unpacked|name that is too long/),
    });
    expect(files.filter((line) => !line.endsWith('/ 700'))).toEqual([]);
    expect(outside).toEqual([]);
  });

  test.each<[string, readonly RawEntry[]]>([
    ['that is one before', [{ name: 'a' }, { name: 'a' }]],
    ['that is one before in other words', [{ name: 'a' }, { name: './a' }]],
    ['that is a directory before', [{ name: 'a/', type: '5' }, { name: 'a' }]],
    ['that was a file and is a directory', [{ name: 'a' }, { name: 'a/', type: '5' }]],
    ['that lies below a file', [{ name: 'a' }, { name: 'a/b' }]],
    ['that is the directory itself', [{ name: './', content: 'x' }]],
  ])('%s', async (_, entries) => {
    const { error, outside } = await unpackEntries(...entries);

    expect(error).toMatchObject({
      name: 'ArtifactError',
      kind: 'hostile',
      message: expect.stringContaining('two entries of the same name'),
    });
    expect(outside).toEqual([]);
  });

  test('but names that differ in bytes are different names', async () => {
    const { files } = await unpackEntries(
      { name: 'é' },
      { name: 'e\u0301' },
      { name: 'a' },
      { name: 'A' },
      { name: '__proto__' },
      { name: '...' },
    );

    expect(files).toHaveLength(6);
  });

  test('and its message shows it harmless and short', async () => {
    const { error } = await unpackEntries({ type: 'x', content: paxOf({ path: `/\u001b[31m${'x'.repeat(3_000)}` }) }, {});

    expect(error).toMatchObject({ message: expect.stringMatching(/^[ -~]{1,400}$/) });
  });
});

describe('an artifact that is no sound gzip file is refused:', () => {
  const sound = gzipSync(tarOf({ content: 'x'.repeat(5_000) }, { name: 'b' }));
  test.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('no gzip')],
    ['cut short', sound.subarray(0, sound.length / 2)],
    ['cut within its header', sound.subarray(0, 5)],
    ['a damaged one', Buffer.from(sound.map((byte, index) => (index === 40 ? byte ^ 0xff : byte)))],
    ['one with text in it', gzipSync('no tar')],
    ['a tar cut short in it', gzipSync(tarOf({ content: 'x'.repeat(5_000) }).subarray(0, 3_000))],
  ])('%s', async (_, archive) => {
    expect((await unpackBytes(archive)).error).toMatchObject({ name: 'ArtifactError', kind: 'hostile' });
  });

  test('a file that is not there is another matter', async () => {
    await expect(unpack('/nowhere/archive', '/nowhere/into', LIMITS)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a bomb is refused', () => {
  const refused = async (archive: Buffer) => {
    const spentMs = startCpuTime();
    const before = process.memoryUsage().rss;
    const outcome = await unpackBytes(archive);
    expect(outcome.error).toMatchObject({ name: 'ArtifactError', kind: 'too-large' });
    expect(spentMs()).toBeLessThan(3_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * MIB);
    return outcome;
  };
  /** A gzip file of a tar's head and a hundred times its tail. */
  const repeated = (head: Buffer, tail: Buffer, times: number) => {
    const member = gzipSync(tail);
    return Buffer.concat([gzipSync(head), ...Array.from({ length: times }, () => member)]);
  };

  test('by the bytes of one file, before any is written', async () => {
    const head = entryOf({ size: 2 * 1024 * MIB }).subarray(0, 512);
    const { files } = await refused(repeated(head, Buffer.alloc(16 * MIB), 100));

    expect(files).toEqual([]);
  });

  test('by the bytes of all files', async () => {
    await refused(gzipSync(tarOf(...Array.from({ length: 20 }, (_, index) => ({ name: `f${index}`, content: 'x'.repeat(100_000) })))));
  });

  test('by the number of entries, of any type', async () => {
    for (const type of ['0', '5', '2']) {
      await refused(gzipSync(tarOf(...Array.from({ length: 101 }, (_, index) => ({ name: `f${index}`, type })))));
    }
  });

  test('by the bytes of what is passed over', async () => {
    const head = entryOf({ type: 'Z', size: 2 * 1024 * MIB }).subarray(0, 512);

    await refused(repeated(head, Buffer.alloc(16 * MIB), 100));
  });

  test('by headers to which no file ever comes', async () => {
    const extension = entryOf({ type: 'x', content: paxOf({ comment: 'x'.repeat(60_000) }) });

    await refused(repeated(extension, Buffer.concat(Array.from({ length: 200 }, () => extension)), 100));
  });

  test('but not by zeros behind its end, which nobody reads', async () => {
    expect((await unpackBytes(repeated(tarOf({ content: 'ok' }), Buffer.alloc(16 * MIB), 100))).files).toEqual(['file 600 ok']);
  });
});

test('what writeArchive writes, unpack gives back', async () => {
  const name = fc
    .string({ unit: fc.constantFrom('a', 'B', '-', '.x', ' ', 'ü', '語', '~'), minLength: 1, maxLength: 40 })
    .filter((part) => !/^\.*$/.test(part));
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.map((part) => `n${part}`).join('/'));
  const file = fc.record({ path, executable: fc.boolean(), text: fc.string({ maxLength: 1_500 }) });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(file, { selector: (item) => item.path, maxLength: 8 }), async (candidates) => {
      const isDirectory = (wanted: string) => candidates.some((other) => other.path.startsWith(`${wanted}/`));
      const files = candidates.filter((candidate) => !isDirectory(candidate.path));
      await using work = await testDirectory();
      const [archive, into] = [join(work.directory, 'x.tgz'), join(work.directory, 'into')];
      await mkdir(into);
      const contents = files.map(({ text, ...rest }) => ({ ...rest, content: Buffer.from(text) }));
      await writeArchive(archive, contents, { algorithm: 'sha256', maxBytes: MIB });

      await unpack(archive, into, LIMITS);

      const expected = files.map((item) => `${item.path} ${item.executable ? '700' : '600'} ${Buffer.from(item.text).toString()}`);
      expect((await listing(into)).filter((line) => !line.endsWith('/ 700'))).toEqual(expected.sort());
    }),
    { numRuns: 30 },
  );
}, 30_000);

test('whatever the bytes, unpacking ends with an ArtifactError or without one, and writes nothing outside', {
  timeout: 60_000,
}, async () => {
  const entry = fc.record({
    name: fc.constantFrom('a', 'b', 'a/b', '../x', '/x', './a', 'a/../b', '.', 'ü', 'a/', '..'),
    type: fc.constantFrom('0', '5', '2', '1', 'x', 'L', 'g', 'Z'),
    content: fc.constantFrom('', 'x', '../../x', paxOf({ path: '../x' }), paxOf({ path: 'p', size: '1' }), 'y'.repeat(600)),
    linkTo: fc.constantFrom('', '..', '/etc'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
      const { error, outside } = await unpackEntries(...entries);
      expect(error === undefined || error instanceof ArtifactError).toBe(true);
      expect(outside).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
