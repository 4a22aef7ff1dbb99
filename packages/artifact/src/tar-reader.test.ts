import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryOf, paxOf, tarOf } from '../test/tar.ts';
import { ArtifactError } from './artifact-error.ts';
import { readTar } from './tar-reader.ts';

async function* inPieces(input: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < input.length; at += bytes) yield input.subarray(at, at + bytes);
}

interface Read {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

async function read(input: Buffer, pieceBytes = 700): Promise<readonly Read[]> {
  const entries: Read[] = [];
  for await (const { name, type, content } of readTar(inPieces(input, pieceBytes))) {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(chunk);
    entries.push({ name, type, text: Buffer.concat(chunks).toString() });
  }
  return entries;
}

const names = async (input: Buffer) => (await read(input)).map(({ name }) => name);

describe('an archive', () => {
  const archive = tarOf(
    { name: 'a/', type: '5' },
    { name: 'a/b', content: 'hello' },
    { name: 'block', content: 'x'.repeat(512) },
    { name: 'more', content: 'y'.repeat(513) },
    { name: 'old', type: '\0', content: 'z' },
    { name: 'empty' },
  );

  test.each([1, 13, 511, 512, 513, 100_000])('is the same when it arrives in pieces of %i bytes', async (bytes) => {
    expect(await read(archive, bytes)).toEqual([
      { name: 'a/', type: 'directory', text: '' },
      { name: 'a/b', type: 'file', text: 'hello' },
      { name: 'block', type: 'file', text: 'x'.repeat(512) },
      { name: 'more', type: 'file', text: 'y'.repeat(513) },
      { name: 'old', type: 'file', text: 'z' },
      { name: 'empty', type: 'file', text: '' },
    ]);
  });

  test('may leave its contents unread', async () => {
    const found: string[] = [];
    for await (const { name } of readTar(inPieces(archive, 700))) found.push(name);

    expect(found).toEqual(['a/', 'a/b', 'block', 'more', 'old', 'empty']);
  });

  test('ends with its first block of zeros, whatever follows', async () => {
    expect(await names(Buffer.concat([tarOf({ name: 'a' }), entryOf({ name: 'b' })]))).toEqual(['a']);
    expect(await names(Buffer.alloc(0))).toEqual([]);
  });

  test('needs no padding after what comes last', async () => {
    expect(await read(entryOf({ content: 'hello' }).subarray(0, 517))).toEqual([{ name: 'file', type: 'file', text: 'hello' }]);
  });

  test('says which files are executable', async () => {
    const modes: boolean[] = [];
    for await (const { executable } of readTar(inPieces(tarOf({ mode: 0o644 }, { mode: 0o755 }, { mode: 0o4711 }, { mode: 0o611 }), 700)))
      modes.push(executable);

    expect(modes).toEqual([false, true, true, false]);
  });
});

describe('a name', () => {
  const long = 'directory/'.repeat(30).concat('file');

  test('may be long in every way that tars have for it', async () => {
    expect(await names(tarOf({ type: 'L', name: '././@LongLink', content: `${long}\0` }, { name: long }))).toEqual([long]);
    expect(await names(tarOf({ type: 'x', content: paxOf({ path: long }) }, { name: long }))).toEqual([long]);
    expect(await names(tarOf({ name: 'file', prefix: 'directory/'.repeat(10).slice(0, -1) }))).toEqual([`${'directory/'.repeat(10)}file`]);
  });

  test('in a header of its own is that of the next entry alone', async () => {
    expect(await names(tarOf({ type: 'x', content: paxOf({ path: 'pax' }) }, { name: 'a' }, { name: 'b' }))).toEqual(['pax', 'b']);
  });

  test('for all entries is for none: only comments belong into a global header', async () => {
    expect(await names(tarOf({ type: 'g', content: paxOf({ comment: 'abc', path: '/etc/passwd' }) }, { name: 'a' }))).toEqual(['a']);
  });

  test('is read as UTF-8, and may fill its field', async () => {
    expect(await names(tarOf({ name: 'größe' }, { name: 'x'.repeat(100) }))).toEqual(['größe', 'x'.repeat(100)]);
    expect(await names(tarOf({ type: 'x', content: paxOf({ path: '日本/語', mtime: '1.5' }) }, {}))).toEqual(['日本/語']);
  });
});

test.each(['1', '2', '3', '4', '6', 'S', 'Z'])('an entry of type %s is neither file nor directory', async (type) => {
  expect(await read(tarOf({ name: 'x', type, linkTo: '/etc/passwd' }, { name: 'after' }))).toMatchObject([
    { type: 'other' },
    { name: 'after' },
  ]);
});

test.each(['1', '2', '3', '4', '5', '6'])(
  'an entry of type %s has no content whatever its size says, as other readers have it',
  async (type) => {
    const entries = await read(tarOf({ name: 'x', type, size: 512, content: '' }, { name: 'after' }));

    expect(entries).toMatchObject([{ name: 'x', text: '' }, { name: 'after' }]);
  },
);

const BINARY = (...bytes: readonly number[]) => Buffer.concat([Buffer.from(bytes), Buffer.alloc(12 - bytes.length)]);

describe('an archive is refused that', () => {
  test.each([
    ['is text', Buffer.from('no tar at all '.repeat(100))],
    ['is shorter than one header', Buffer.from('short')],
    ['has a wrong checksum', tarOf({ checksum: 1 })],
    ['has a size of letters', tarOf({ size: Buffer.from('abcdefghijk\0') })],
    ['has a size beyond octal', tarOf({ size: Buffer.from('00000000009\0') })],
    ['has a negative size', tarOf({ size: Buffer.from('-0000000001\0') })],
    ['has a negative size in binary', tarOf({ size: BINARY(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) })],
    ['has a large size in binary', tarOf({ size: BINARY(0x80, 0, 0, 0, 0, 0, 0, 0xff) })],
    ['ends in the middle of a header', entryOf({}).subarray(0, 300)],
    ['ends in the middle of a content', tarOf({ content: 'x'.repeat(2_000) }).subarray(0, 1_000)],
    ['ends in the middle of a long name', entryOf({ type: 'L', content: 'x'.repeat(2_000) }).subarray(0, 1_000)],
    ['says that it has more than it has', tarOf({ size: 8 * 1024 ** 3 - 1 })],
    ['has a pax header of a megabyte', tarOf({ type: 'x', content: paxOf({ comment: 'x'.repeat(1024 * 1024) }) }, {})],
    ['says that it has a pax header of gigabytes', tarOf({ type: 'x', size: 8 * 1024 ** 3 - 1 })],
    ['says that it has a long name of gigabytes', tarOf({ type: 'L', size: 8 * 1024 ** 3 - 1 })],
    ['has a pax record without length', tarOf({ type: 'x', content: 'path=x\n' }, {})],
    ['has a pax record of length 0', tarOf({ type: 'x', content: '0 path=x\n' }, {})],
    ['has a pax record of negative length', tarOf({ type: 'x', content: '-9 path=x\n' }, {})],
    ['has a pax record that is longer than its header', tarOf({ type: 'x', content: '99 path=x\n' }, {})],
    ['has a pax record without an end', tarOf({ type: 'x', content: '10 path=xx' }, {})],
    ['has a pax record without a value', tarOf({ type: 'x', content: '8 pathx\n' }, {})],
    ['has a pax length in another notation', tarOf({ type: 'x', content: '0xa path=x\n' }, {})],
    ['has a negative pax size', tarOf({ type: 'x', content: paxOf({ size: '-1' }) }, {})],
    ['has a pax size beyond all numbers', tarOf({ type: 'x', content: paxOf({ size: '9'.repeat(40) }) }, {})],
    ['has a pax size that is none', tarOf({ type: 'x', content: paxOf({ size: '1e3' }) }, {})],
    ['has a NUL in a pax path', tarOf({ type: 'x', content: paxOf({ path: 'a\0b' }) }, {})],
    ['has a pax size larger than its content', tarOf({ type: 'x', content: paxOf({ size: '999999999999999' }) }, { content: 'x' })],
  ])('%s', async (_, archive) => {
    for (const bytes of [97, 1_000_000])
      await expect(read(archive, bytes)).rejects.toMatchObject({ name: 'ArtifactError', kind: 'hostile' });
  });
});

describe('whatever the input', () => {
  const sound = tarOf(
    { name: 'd/', type: '5' },
    { type: 'x', content: paxOf({ path: 'long' }) },
    { content: 'hello' },
    { type: '2', linkTo: 'x' },
  );

  test('reading ends, with entries or an ArtifactError', async () => {
    const damaged = fc
      .array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
      .map((edits) => edits.reduce((archive, [at, byte]) => archive.fill(byte, at, at + 1), Buffer.from(sound)));
    const resummed = damaged.map((archive) => {
      for (let at = 0; at + 512 <= archive.length; at += 512) {
        archive.fill(' ', at + 148, at + 156);
        const sum = archive.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
        archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148);
      }
      return archive;
    });
    const noise = fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(fc.oneof(damaged, resummed, noise), fc.integer({ min: 1, max: 3_000 }), async (archive, bytes) => {
        const outcome = await read(archive, bytes).catch((error: unknown) => error);
        expect(Array.isArray(outcome) || outcome instanceof ArtifactError).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
