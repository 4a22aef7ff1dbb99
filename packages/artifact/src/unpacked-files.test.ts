import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type RawEntry, tarOf, testDirectory } from '../test/tar.ts';
import { writeArchive } from './archive.ts';
import { unpackedFiles } from './unpacked-files.ts';

async function packed(entries: readonly RawEntry[]) {
  const place = await testDirectory();
  const archive = join(place.directory, 'archive');
  await writeFile(archive, gzipSync(tarOf(...entries)));
  return { ...place, archive, contents: join(place.directory, 'contents') };
}

test('the regular files of an archive can be read, whole and in pieces, in any order', async () => {
  const large = Buffer.alloc(700_000, 'abc');
  await using place = await packed([
    { name: './', type: '5' },
    { name: './app/', type: '5' },
    { name: 'app/run.sh', content: 'true\n', mode: 0o755 },
    { name: 'app/empty' },
    { name: 'other/large', content: large },
    { name: 'link', type: '2', linkTo: '/etc/passwd' },
    { name: 'hard', type: '1', linkTo: 'app/run.sh' },
  ]);
  using unpacked = await unpackedFiles(place.archive, place.contents);
  const found = unpacked.files.map(({ path, executable, size }) => [path, executable, size]);
  expect(found).toEqual([
    ['app/run.sh', true, 5],
    ['app/empty', false, 0],
    ['other/large', false, 700_000],
  ]);
  const [script, empty, other] = unpacked.files;
  expect(Buffer.concat([...(other?.pieces() ?? [])])).toEqual(large);
  expect(Buffer.from(script?.content ?? '').toString()).toBe('true\n');
  expect([...(empty?.pieces() ?? [])]).toEqual([]);
});

test('an archive made from pieces is the one that is made from whole contents', async () => {
  await using place = await packed([
    { name: 'a/large', content: Buffer.alloc(600_001, 'x') },
    { name: 'b', content: 'b\n' },
  ]);
  using unpacked = await unpackedFiles(place.archive, place.contents);
  const [pieces, whole] = [join(place.directory, 'pieces'), join(place.directory, 'whole')];
  const options = { algorithm: 'sha256', maxBytes: 10_000_000 } as const;
  const report = await writeArchive(pieces, unpacked.files, options);
  const files = unpacked.files.map(({ path, executable, content }) => ({ path, executable, content }));
  expect(await writeArchive(whole, files, options)).toEqual(report);
  expect(gunzipSync(await readFile(pieces)).length).toBeGreaterThan(600_001);
});

test.each([
  ['two files of one name', [{ name: 'a' }, { name: './a' }], 'two entries of the same name'],
  ['a file where a directory is', [{ name: 'a/b' }, { name: 'a' }], 'two entries of the same name'],
  ['a file below a file', [{ name: 'a' }, { name: 'a/b' }], 'two entries of the same name'],
  ['a directory where a file is', [{ name: 'a' }, { name: 'a/', type: '5' }], 'two entries of the same name'],
  ['a name that leads out', [{ name: '../../etc/passwd' }], 'must not be unpacked: "../../etc/passwd"'],
  ['a name from the root', [{ name: '/etc/passwd' }], 'must not be unpacked'],
  ['more entries than allowed', Array.from({ length: 6 }, (_, index) => ({ name: `${index}` })), 'more than 5 entries'],
  ['more bytes than allowed', [{ name: 'a', content: 'x'.repeat(2_000) }], 'unpacks to more than 1000 bytes'],
] as const)('%s is refused', async (_what, entries, message) => {
  await using place = await packed(entries);
  await expect(unpackedFiles(place.archive, place.contents, { maxEntries: 5, maxBytes: 1_000 })).rejects.toThrow(message);
});

test('what is no gzip, or ends too early, is refused', async () => {
  await using place = await packed([{ name: 'a', content: Buffer.alloc(100_000, 'x') }]);
  const whole = await readFile(place.archive);
  for (const [index, bytes] of [Buffer.from('PK no gzip'), tarOf({ name: 'a' }), whole.subarray(0, whole.length - 20)].entries()) {
    await writeFile(place.archive, bytes);
    await expect(unpackedFiles(place.archive, `${place.contents}${index}`)).rejects.toThrow('no sound gzip file');
  }
});

test('contents are put over no file that is there', async () => {
  await using place = await packed([{ name: 'a' }]);
  await expect(unpackedFiles(place.archive, place.archive)).rejects.toThrow('EEXIST');
  expect(existsSync(place.archive)).toBe(true);
});
