import { gunzipSync, gzipSync } from 'node:zlib';
import { build, memoryTree } from '@gotk/kustomize';
import { describe, expect, test } from 'vitest';
import { readTar } from '../../packages/artifact/src/tar-reader.ts';
import { entryOf, paxOf, type RawEntry, tarOf } from '../../packages/artifact/test/tar.ts';
import { costOf } from './cost.ts';
import { unpackBytes, unpackEntries } from './jail.ts';

const MIB = 1024 * 1024;
const hostile = { name: 'ArtifactError', kind: 'hostile' };
const tooLarge = { name: 'ArtifactError', kind: 'too-large' };
const pax = (records: Readonly<Record<string, string>>): RawEntry => ({ type: 'x', content: paxOf(records) });
/** A size as the field's twelve bytes, in base 256 where the first says so. */
const binary = (...bytes: readonly number[]): Buffer => Buffer.from([...bytes, ...Array<number>(12 - bytes.length).fill(0)]);

describe('CVE-2021-32803: a directory that turns into a link behind our back stays a directory', () => {
  const link = (name: string, linkTo: string): RawEntry => ({ name, type: '2', linkTo });
  test.each<[string, readonly RawEntry[], string]>([
    ['made first, linked then', [{ name: 'd/', type: '5' }, link('d', '..'), { name: 'd/secret', content: 'x' }], 'd/secret'],
    ['linked first', [link('d', '..'), { name: 'd/secret', content: 'x' }], 'd/secret'],
    ['by an absolute target', [link('d', '/tmp'), { name: 'd/x', content: 'x' }], 'd/x'],
    ['by a chain', [link('a', '..'), link('d', 'a'), { name: 'd/secret', content: 'x' }], 'd/secret'],
    ['by another spelling', [{ name: 'D/', type: '5' }, link('d', '..'), { name: 'd/secret', content: 'x' }], 'd/secret'],
    // On some file systems these two are one name: the cache of one spelling was asked about the other.
    [
      'by a twin in Unicode',
      [{ name: 'é/', type: '5' }, link('e\u0301', '..'), { name: 'e\u0301/secret', content: 'x' }],
      'e\u0301/secret',
    ],
    ['by a ligature', [{ name: 'ﬀ/', type: '5' }, link('ff', '..'), { name: 'ff/secret', content: 'x' }], 'ff/secret'],
  ])('%s', async (_, entries, path) => {
    const { files, error, outside } = await unpackEntries(...entries);
    expect({ content: files[path], error, outside }).toEqual({ content: 'x', error: undefined, outside: [] });
    expect(Object.values(files)).not.toContain('a link');
  });
});

describe('CVE-2021-32804: a name that is absolute is refused, however often it says so', () => {
  test.each(['/secret', '//secret', '///../secret', '/./secret', './/secret', './//secret', '/', '//'])('%s', async (name) => {
    for (const entries of [[{ name }], [pax({ path: name }), {}], [{ type: 'L', content: `${name}\0` }, {}]]) {
      const { files, error, outside } = await unpackEntries(...entries);
      expect({ files, error, outside }, name).toMatchObject({ files: {}, error: hostile, outside: [] });
    }
  });
});

test('CVE-2024-28863: a path of a hundred thousand directories is refused before the first is made', async () => {
  for (const depth of [65, 1_000, 30_000]) {
    const { cpuMs } = await costOf(async () => {
      const { files, error, outside } = await unpackEntries(pax({ path: `${'d/'.repeat(depth)}f` }), {});
      expect({ files, error, outside }).toMatchObject({ files: {}, error: hostile, outside: [] });
    });
    expect(cpuMs).toBeLessThan(1_000);
  }
  // A header of its own holds no longer name.
  expect((await unpackEntries(pax({ path: `${'d/'.repeat(100_000)}f` }), {})).error).toMatchObject(hostile);
  const { files } = await unpackEntries({ name: `${'d/'.repeat(63)}f`, prefix: '' }, pax({ path: `${'e/'.repeat(63)}f` }), {});
  expect(Object.keys(files)).toContain(`${'e/'.repeat(63)}f`);
});

describe('CVE-2026-23745, CVE-2026-26960, CVE-2026-29786: a hard link gives nobody another name for a file outside', () => {
  test.each(['../secret', '/etc/passwd', 'x/../../secret', 'C:secret', 'C:../secret', '..\\secret', 'up/secret', '../link'])(
    'to %s',
    async (linkTo) => {
      const { files, error, outside } = await unpackEntries(
        { name: 'up', type: '2', linkTo: '..' },
        { name: 'stolen', type: '1', linkTo },
        { name: 'through', type: '1', linkTo: 'up/secret' },
        { name: 'stolen', content: 'ours' },
      );
      expect({ files, error, outside }).toEqual({ files: { stolen: 'ours' }, error: undefined, outside: [] });
    },
  );
});

describe('CVE-2026-59873: an archive that unpacks to more than is allowed is stopped on the way', () => {
  const member = gzipSync(Buffer.alloc(8 * MIB));
  const zeros = (members: number) => Array.from({ length: members }, () => member);
  const head = (entry: RawEntry) => gzipSync(entryOf(entry).subarray(0, 512));

  test.each<[string, () => Buffer]>([
    ['one file, a thousand times its compressed size', () => Buffer.concat([head({ size: 64 * MIB }), ...zeros(8)])],
    ['members of gzip one behind the other', () => Buffer.concat([head({ size: 2 ** 33 - 1 }), ...zeros(40)])],
    ['what is passed over', () => Buffer.concat([head({ type: 'Z', size: 2 ** 33 - 1 }), ...zeros(40)])],
    ['entries without content', () => gzipSync(tarOf(...Array.from({ length: 1_001 }, (_, n) => ({ name: `d${n}/`, type: '5' }))))],
    ['links', () => gzipSync(tarOf(...Array.from({ length: 1_001 }, () => ({ type: '2', linkTo: 'x' }))))],
  ])('%s', async (_, archive) => {
    const bytes = archive();
    let outcome: unknown;
    const { cpuMs } = await costOf(async () => {
      outcome = await unpackBytes(bytes);
    });
    expect(outcome).toMatchObject({ error: tooLarge, outside: [] });
    expect(cpuMs).toBeLessThan(3_000);
  });

  test('a million entries, at the limits that are in force', { timeout: 60_000 }, async () => {
    const entries = Buffer.concat(Array.from({ length: 10_000 }, () => entryOf({ name: 'x', type: '2', linkTo: 'y' })));
    const archive = Buffer.concat(Array<Buffer>(100).fill(gzipSync(entries)));
    const { cpuMs } = await costOf(async () => {
      const { error } = await unpackBytes(archive, { maxEntries: 100_000, maxBytes: 1024 * MIB });
      expect(error).toMatchObject({ ...tooLarge, message: 'the artifact has more than 100000 entries' });
    });
    expect(cpuMs).toBeLessThan(10_000);
  });
});

describe('CVE-2026-59874: a size below zero, or one that no number holds, ends the reading', () => {
  const all = Array<number>(12).fill(0xff);
  test.each<[string, RawEntry]>([
    ['-1 in base 256', { size: binary(...all) }],
    ['-512 in base 256', { size: Buffer.from([...all.slice(0, 10), 0xfe, 0x00]) }],
    ['the smallest in base 256', { size: binary(0x80) }],
    ['2^80 in base 256', { size: binary(0x80, 0x01, 0, 1) }],
    ['-1 in octal', { size: Buffer.from('-0000000001\0') }],
    ['a sign alone', { size: Buffer.from('-\0') }],
    ['digits that are not octal', { size: Buffer.from('00000000008\0') }],
  ])('%s', async (_, entry) => {
    for (const type of ['0', '5', 'x', 'L', 'g']) {
      const { cpuMs } = await costOf(async () => {
        expect(await unpackEntries({ ...entry, type }, { name: 'next' })).toMatchObject({ error: hostile, outside: [] });
      });
      expect(cpuMs).toBeLessThan(1_000);
    }
  });

  test.each(['-1', '-512', '1e99', '0x10', '', ' 1', '9'.repeat(20)])('%j in a pax header', async (size) => {
    expect((await unpackEntries(pax({ size }), { content: 'x' }, { name: 'next' })).error).toMatchObject(hostile);
  });
});

describe('CVE-2026-59875: what other readers see, we see', () => {
  test('a NUL in a pax name is no end of it: the name is refused', async () => {
    for (const path of ['file\0.txt', 'a/b\0', '\0', 'ok\0/../../secret'])
      expect(await unpackEntries(pax({ path }), { content: 'x' })).toMatchObject({ files: {}, error: hostile, outside: [] });
  });

  test('a size in a pax header is that of the file, not of a longer name in between', async () => {
    const smuggled = tarOf({ name: 'smuggled', content: 'x' }).subarray(0, 1_024);
    const archive = tarOf(
      pax({ size: '1024' }),
      { type: 'L', content: 'long-name\0' },
      { name: 'short', content: smuggled },
      { name: 'after' },
    );
    const names: string[] = [];
    for await (const { name } of readTar(inOne(archive))) names.push(name);
    expect(names).toEqual(['long-name', 'after']);
  });

  test('a header that says more or less than there is does not move what follows out of sight', async () => {
    const inner = tarOf({ name: 'smuggled' }).subarray(0, 512);
    const { files } = await unpackEntries(
      { name: 'd/', type: '5', size: 512 },
      { name: 'l', type: '2', size: 512, linkTo: 'x' },
      { name: 'f', content: inner },
    );
    expect(Object.keys(files).sort()).toEqual(['d', 'f']);
    expect((await unpackEntries({ name: 'f', content: 'x', size: 4_000 }, { name: 'next' })).error).toMatchObject(hostile);
  });

  test('long names that follow long names cost no memory', async () => {
    const name = entryOf({ type: 'L', content: 'x'.repeat(60_000) });
    const { cpuMs } = await costOf(async () => {
      const archive = Buffer.concat([
        ...Array<Buffer>(16).fill(gzipSync(Buffer.concat(Array<Buffer>(64).fill(name)))),
        gzipSync(tarOf({})),
      ]);
      expect((await unpackBytes(archive)).error).toMatchObject({ name: 'ArtifactError' });
    });
    expect(cpuMs).toBeLessThan(3_000);
  });

  test('a sparse file of GNU is not filled up with what its map says', async () => {
    const { files, error } = await unpackEntries({ name: 'sparse', type: 'S', size: 0 }, pax({ 'GNU.sparse.realsize': '99999999999' }), {
      name: 'real',
      content: 'x',
    });
    expect({ files, error }).toEqual({ files: { real: 'x' }, error: undefined });
  });
});

describe('CVE-2026-53486: nothing but files and directories comes out, each once and where it may be', () => {
  test.each<[string, readonly RawEntry[], object]>([
    ['devices and pipes', ['3', '4', '6', '7', 'D', 'V'].map((type) => ({ name: `x${type}`, type })), {}],
    ['a file where a directory is needed', [{ name: 'f' }, { name: 'f/g' }], hostile],
    ['a directory where a file is', [{ name: 'f' }, { name: 'f/', type: '5' }], hostile],
    [
      'one name twice',
      [
        { name: 'f', content: '1' },
        { name: 'f', content: '2' },
      ],
      hostile,
    ],
    ['one name in two spellings', [{ name: 'd/f' }, { name: './d/f' }], hostile],
    ['a name that leads up', [{ name: 'd/../../secret' }], hostile],
    ['a name that leads up in parts', [{ name: 'secret', prefix: '..' }], hostile],
  ])('%s', async (_, entries, refusal) => {
    const { error, outside } = await unpackEntries(...entries);
    expect(error ?? {}).toMatchObject(refusal);
    expect(outside).toEqual([]);
  });

  test('bits that make a program run as another do not', async () => {
    const { error, files } = await unpackEntries({ name: 'f', mode: 0o6755 }, { name: 'g', mode: 0o1000 });
    expect({ error, files }).toEqual({ error: undefined, files: { f: '', g: '' } });
  });

  test('what stands behind the end is not read, and what is no gzip there is no reason to fail late', async () => {
    const archive = gzipSync(tarOf({ content: 'ok' }));
    const behind = await unpackBytes(gzipSync(Buffer.concat([gunzipSync(archive), tarOf({ name: '../secret' })])));
    expect(behind).toMatchObject({ files: { file: 'ok' }, error: undefined, outside: [] });
    expect((await unpackBytes(Buffer.concat([archive, Buffer.from('garbage')]))).outside).toEqual([]);
  });
});

describe('GHSA-6gcg, GHSA-q4w5, GHSA-h6h5, GHSA-r9cr, GHSA-6jqw, GHSA-63qx: a link in a source shows nobody what is behind it', () => {
  test.each(['/proc/self/environ', '/etc/passwd', '../secret', '../../archive.tar.gz', '../link', '/'])('to %s', async (linkTo) => {
    const { files, outside } = await unpackEntries(
      { name: 'link.yaml', type: '2', linkTo },
      { name: 'd', type: '2', linkTo: '/' },
      { name: 'kustomization.yaml', content: 'resources: [link.yaml]\n' },
    );
    expect({ files, outside }).toEqual({ files: { 'kustomization.yaml': 'resources: [link.yaml]\n' }, outside: [] });
    // What a build says of it: the name, which is the author's own.
    const tree = memoryTree({ 'kustomization.yaml': files['kustomization.yaml'] ?? '' });
    expect(() => build(tree, '')).toThrow("kustomization.yaml: resources[0]: there is no file or directory 'link.yaml'");
  });
});

async function* inOne(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
