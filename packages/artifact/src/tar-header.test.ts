import { describe, expect, test } from 'vitest';
import { entryOf, paxOf, tarOf } from '../test/tar.ts';
import { type EntryHeader, paddedSize, TAR_BLOCK, TarHeaders } from './tar-header.ts';

function entriesIn(tar: Buffer): readonly EntryHeader[] {
  const headers = new TarHeaders((what) => new Error(what));
  const entries: EntryHeader[] = [];
  for (let at = 0; at < tar.length; ) {
    const step = headers.read(tar.subarray(at, at + TAR_BLOCK));
    if (step.kind === 'end') break;
    at += TAR_BLOCK;
    const { size } = step.kind === 'entry' ? step.entry : step;
    if (step.kind === 'extension') headers.extend(step.flag, tar.subarray(at, at + size));
    else entries.push(step.entry);
    at += paddedSize(size);
  }
  return entries;
}

const named = (...names: readonly string[]) => names.map((name) => expect.objectContaining({ name }));
const field = (text: string) => Buffer.from(text.padEnd(12, '\0'), 'latin1');
const binary = (lead: number, low: number) => Buffer.concat([Buffer.alloc(11, lead), Buffer.from([low])]).fill(lead | 0x80, 0, 1);
const pax = (records: Readonly<Record<string, string>>) => ({ type: 'x', content: paxOf(records) });
const longName = (name: string) => ({ type: 'L', content: `${name}\0` });

describe('as archive/tar of Go has it', () => {
  test.each([
    ['among spaces', field('       17   ')],
    ['after NULs', field('\0\0 17')],
    ['before a NUL, and what is left of an older one', field('17\0junk')],
    ['without an end', field('000000000017')],
    ['in binary', binary(0, 0o17)],
  ])('a size may stand %s', (_, size) => {
    expect(entriesIn(tarOf({ size, content: 'x'.repeat(15) }, { name: 'after' }))).toMatchObject([{ size: 15 }, { name: 'after' }]);
  });

  test.each([
    ['a negative size', binary(0xff, 0xff), 'a negative size'],
    ['a size with a sign', field('-1'), 'a number that is none'],
    ['a size with digits after a space', field('1 7'), 'a number that is none'],
    ['a size that no number holds', binary(0x3f, 0xff), 'a number beyond all measure'],
  ])('%s is none', (_, size, message) => {
    expect(() => entriesIn(tarOf({ size }))).toThrow(message);
    expect(() => entriesIn(tarOf({ type: 'x', size }))).toThrow(message);
  });

  test('the size of what has no content may be any', () => {
    expect(entriesIn(tarOf({ type: '2', size: 600 }, { name: 'after' }))).toMatchObject([{ size: 0 }, { name: 'after' }]);
  });

  test('a contiguous file is a file', () => {
    expect(entriesIn(tarOf({ type: '7', content: 'x' }))).toMatchObject([{ type: 'file', size: 1 }]);
  });

  test('an entry of no type that ends with a slash is a directory, without content', () => {
    expect(entriesIn(tarOf({ name: 'd/', type: '\0', size: 600 }, { name: 'after' }))).toMatchObject([
      { name: 'd/', type: 'directory', size: 0 },
      { name: 'after' },
    ]);
    expect(entriesIn(tarOf({ name: 'd/', type: '0' }))).toMatchObject([{ name: 'd/', type: 'file' }]);
  });

  test('a checksum may be of signed bytes', () => {
    const header = entryOf({ name: 'größe' }).subarray(0, TAR_BLOCK);
    const signed = header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : (byte << 24) >> 24), 0);

    expect(entriesIn(tarOf({ name: 'größe', checksum: signed }))).toEqual(named('größe'));
    expect(() => entriesIn(tarOf({ name: 'größe', checksum: signed + 1 }))).toThrow('a wrong checksum');
  });

  test("the times of GNU's format are no part of the name", () => {
    const header = entryOf({ prefix: '00000000001' }).subarray(0, TAR_BLOCK);
    header.write('ustar  \0', 257, 'latin1');
    header.fill(' ', 148, 156);
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8)}\0`, 148);

    expect(entriesIn(header)).toEqual(named('file'));
    expect(entriesIn(tarOf({ prefix: 'directory' }))).toEqual(named('directory/file'));
  });

  test('of two extension headers the later counts, and a long name of GNU before any path', () => {
    expect(entriesIn(tarOf(pax({ path: 'a', size: '9' }), pax({ path: 'b' }), {}))).toEqual([
      expect.objectContaining({ name: 'b', size: 0 }),
    ]);
    expect(entriesIn(tarOf(longName('gnu'), pax({ path: 'pax' }), {}))).toEqual(named('gnu'));
    expect(entriesIn(tarOf(pax({ path: 'pax' }), longName('gnu'), {}, {}))).toEqual(named('gnu', 'file'));
  });

  test('an empty path is that of the header', () => {
    expect(entriesIn(tarOf(pax({ path: '' }), {}))).toEqual(named('file'));
  });

  test('a path with a NUL is refused', () => {
    expect(() => entriesIn(tarOf(pax({ path: 'a\0b' }), {}))).toThrow('a name with a NUL');
  });
});

describe('more strictly than Go', () => {
  test.each(['2', '5'])('what has no content (%s) has no negative size either', (type) => {
    expect(() => entriesIn(tarOf({ type, size: binary(0xff, 0xff) }))).toThrow('a negative size');
  });

  test('a pax header that has an empty size is damaged', () => {
    expect(() => entriesIn(tarOf(pax({ size: '' }), {}))).toThrow('a damaged pax header');
  });
});
