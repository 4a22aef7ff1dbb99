import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { listing, testDirectory } from '../test/tar.ts';
import { type ArchiveFile, type ArchiveOptions, writeArchive } from './archive.ts';
import { digestOf } from './digest.ts';
import { DIGEST_ALGORITHMS } from './hasher.ts';
import { unpackedFiles } from './unpacked-files.ts';

const MIB = 1024 * 1024;
const OPTIONS: ArchiveOptions = { algorithm: 'sha256', maxBytes: MIB };

const file = (path: string, content = path, executable = false): ArchiveFile => ({ path, executable, content: Buffer.from(content) });

const FILES = [
  file('b.yaml'),
  file('a/z.yaml'),
  file('a/b/run.sh', '#!/bin/sh', true),
  file('a-b/x'),
  file('größe/日本語.yaml', 'unicode'),
  file('empty', ''),
  file(`${'a-long-directory-name/'.repeat(5)}${'and-a-file-with-a-long-name'.repeat(4)}`, 'long'),
  file('__proto__/constructor'),
];

/** The archive of these files, as bytes. */
async function archived(files: Iterable<ArchiveFile>, options = OPTIONS): Promise<Buffer> {
  await using work = await testDirectory();
  await writeArchive(join(work.directory, 'x.tgz'), files, options);
  return await readFile(join(work.directory, 'x.tgz'));
}

/** What the system's tar says about an archive. */
async function tar(archive: Buffer, ...args: readonly string[]): Promise<string> {
  const running = promisify(execFile)('tar', args, { env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' } });
  running.child.stdin?.end(archive);
  return (await running).stdout;
}

describe('the bytes of an archive', () => {
  test('are the same whatever the order of the files', async () => {
    const first = await archived(FILES);

    expect((await archived([...FILES].reverse())).equals(first)).toBe(true);
    expect((await archived(new Set([...FILES.slice(3), ...FILES.slice(0, 3)]))).equals(first)).toBe(true);
  });

  test('are the same whenever and in whichever time zone they are made', async () => {
    const first = await archived(FILES);
    const zone = process.env.TZ;
    try {
      process.env.TZ = 'Pacific/Kiritimati';
      expect((await archived(FILES)).equals(first)).toBe(true);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
    // The modification time in the gzip header.
    expect(first.readUInt32LE(4)).toBe(0);
  });

  test('are the same however a content lies in memory', async () => {
    const around = new Uint8Array(Buffer.from('xxhelloxx'));

    expect((await archived([{ ...file('f'), content: around.subarray(2, 7) }])).equals(await archived([file('f', 'hello')]))).toBe(true);
  });

  test.each<[string, ArchiveFile]>([
    ['a path', file('renamed', 'f')],
    ['a mode', file('f', 'f', true)],
    ['a content', file('f', 'g')],
  ])('differ by %s', async (_, other) => {
    expect((await archived([other])).equals(await archived([file('f')]))).toBe(false);
  });

  test('before compression are those that they have always been: another byte would make another artifact of every commit', async () => {
    const digest = createHash('sha256')
      .update(gunzipSync(await archived(FILES.slice(0, 3))))
      .digest('hex');

    expect(digest).toBe('e2b63c5c60a8c37a47dd3b3c278394d2bdb77df92759935c6701320f52fe92e6');
  });
});

describe('taken out by tar, an archive', () => {
  test('has the files with their contents, long names and all, and directories for them', async () => {
    await using work = await testDirectory();

    await tar(await archived(FILES), '-xpzf', '-', '--no-same-owner', '-C', work.directory);

    const files = (await listing(work.directory)).filter((line) => !/\/ \d+$/.test(line));
    expect(files).toEqual(
      FILES.map(({ path, executable, content }) => `${path} ${executable ? '700' : '600'} ${Buffer.from(content).toString()}`).sort(),
    );
  });

  test('has modes 0600, 0700 and 0750, owner 0 and time 0', async () => {
    const lines = (await tar(await archived(FILES.slice(0, 3)), '-tvzf', '-', '--numeric-owner', '--full-time')).trim().split('\n');

    expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
      'drwxr-x--- 0/0 0 1970-01-01 00:00:00 a/',
      'drwxr-x--- 0/0 0 1970-01-01 00:00:00 a/b/',
      '-rwx------ 0/0 9 1970-01-01 00:00:00 a/b/run.sh',
      '-rw------- 0/0 8 1970-01-01 00:00:00 a/z.yaml',
      '-rw------- 0/0 6 1970-01-01 00:00:00 b.yaml',
    ]);
  });

  test('may hold nothing', async () => {
    expect(await tar(await archived([]), '-tzf', '-')).toBe('');
  });

  test('holds files of any size', async () => {
    const sizes = [511, 512, 513, 65_536, 300_000];
    const lines = await tar(await archived(sizes.map((size) => file(`${size}`, 'x'.repeat(size)))), '-tvzf', '-');

    expect(
      lines
        .split('\n')
        .flatMap((line) => line.match(/ (\d+) 1970/)?.[1] ?? [])
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(sizes);
  });
});

test('what it holds comes out of it whole, compressed and stored by turns', async () => {
  await using work = await testDirectory();
  const contents = [300_000, 900_000, 10, 700_000].flatMap((size) => [randomBytes(size), Buffer.alloc(size, 'kind: A\n')]);
  const files = contents.map((content, index) => ({ path: `f${index}`, executable: false, content }));
  const target = join(work.directory, 'x.tgz');
  await writeArchive(target, files, { ...OPTIONS, maxBytes: 8 * MIB });

  using unpacked = await unpackedFiles(target, join(work.directory, 'contents'));
  expect(unpacked.files.map(({ content }) => Buffer.from(content).equals(contents.shift() ?? Buffer.alloc(0)))).toEqual(
    files.map(() => true),
  );
});

describe('the report', () => {
  test.each(DIGEST_ALGORITHMS)('says digest (%s), size and number of files as they are', async (algorithm) => {
    await using work = await testDirectory();
    const target = join(work.directory, 'x.tgz');

    const report = await writeArchive(target, FILES, { algorithm, maxBytes: MIB });

    const bytes = await readFile(target);
    expect(report).toEqual({
      digest: await digestOf(target, algorithm),
      size: bytes.length,
      files: FILES.length,
    });
  });

  test('is about a file that nobody else can read', async () => {
    await using work = await testDirectory();
    await writeArchive(join(work.directory, 'x.tgz'), FILES, OPTIONS);

    expect((await stat(join(work.directory, 'x.tgz'))).mode & 0o777).toBe(0o600);
  });
});

describe('an archive is refused', () => {
  test('when it gets larger than allowed', async () => {
    const random = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (Math.imul(index, 2654435761) >>> 13) & 0xff));

    await expect(archived([{ ...file('f'), content: random }], { ...OPTIONS, maxBytes: 1_000 })).rejects.toMatchObject({
      name: 'ArtifactError',
      kind: 'too-large',
    });
  });

  test('when it holds more than anybody would unpack, at once', async () => {
    const content = Buffer.alloc(100 * MIB);
    const files = Array.from({ length: 1_000 }, (_, index) => ({ ...file(`f${index}`), content }));
    const spentMs = startCpuTime();

    await expect(archived(files, { ...OPTIONS, maxBytes: 1024 * MIB })).rejects.toMatchObject({ name: 'ArtifactError', kind: 'too-large' });

    expect(spentMs()).toBeLessThan(2_000);
  });

  test('when it cannot be written', async () => {
    await expect(writeArchive('/nowhere/x.tgz', FILES, OPTIONS)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
