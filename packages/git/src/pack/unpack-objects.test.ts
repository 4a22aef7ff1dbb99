import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { appending, copyOf, distanceOf, entryOf, headerOf, idOf, packOf, sizeOf, TYPE } from '../../test/pack.ts';
import { GitError } from '../git-error.ts';
import type { PackLimits } from './limits.ts';
import type { ObjectStore } from './object-store.ts';
import { readPack } from './open-pack.ts';

const MIB = 1024 * 1024;
const LIMITS: PackLimits = { maxObjects: 100_000, maxObjectBytes: 4 * MIB, maxTotalBytes: 16 * MIB };

const blob = (content: string | Buffer) => entryOf(TYPE.blob, content);
const refDelta = (oid: string, delta: Buffer) => entryOf(TYPE.refDelta, delta, { base: Buffer.from(oid, 'hex') });
const ofsDelta = (distance: number, delta: Buffer): Buffer => entryOf(TYPE.ofsDelta, delta, { base: distanceOf(distance) });

/** Each object of a store: its id, its type and its content as text. */
const contents = (store: ObjectStore) =>
  [...store.keys()].map((oid) => [oid, store.get(oid)?.type, store.get(oid)?.content.toString() ?? ''] as const);

/** The contents of a pack's objects, sorted. */
const contentsOf = (pack: Buffer, limits = LIMITS) =>
  contents(readPack(pack, limits))
    .map(([, , content]) => content)
    .sort();

/** The error with which a pack is refused: soon, and without much memory. */
function refusal(pack: Buffer, limits = LIMITS): GitError {
  const before = process.memoryUsage();
  const spentMs = startCpuTime();
  try {
    readPack(pack, limits);
  } catch (error) {
    expect(spentMs()).toBeLessThan(2_000);
    expect(process.memoryUsage().rss - before.rss).toBeLessThan(128 * MIB);
    if (error instanceof GitError) return error;
    throw error;
  }
  throw new Error('the pack was taken');
}

describe('a pack', () => {
  test('names its objects by their content', () => {
    const store = readPack(packOf([blob('one'), entryOf(TYPE.tag, 'two')]), LIMITS);

    expect(contents(store)).toEqual([
      [idOf('blob', 'one'), 'blob', 'one'],
      [idOf('tag', 'two'), 'tag', 'two'],
    ]);
  });

  test('may hold nothing', () => {
    expect(readPack(packOf([]), LIMITS).size).toBe(0);
  });

  test.each([0, 1, 15, 16, 2047, 2048, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 1])('may hold an object of %i bytes', (size) => {
    const content = Buffer.alloc(size, 'abc');
    const store = readPack(packOf([blob(content), blob('next')]), LIMITS);

    expect(store.get(idOf('blob', content))?.content.equals(content)).toBe(true);
    expect(store.has(idOf('blob', 'next'))).toBe(true);
  });

  test('may hold deltas of deltas, before or behind what they change', () => {
    const [a, ab, abc] = [Buffer.from('a'), Buffer.from('ab'), Buffer.from('abc')];
    const forward = packOf([refDelta(idOf('blob', ab), appending(ab, 'c')), refDelta(idOf('blob', a), appending(a, 'b')), blob(a)]);
    const first = blob(a);
    const second = ofsDelta(first.length, appending(a, 'b'));
    const backward = packOf([first, second, ofsDelta(second.length, appending(ab, 'c'))]);

    expect(contentsOf(forward)).toEqual(['a', 'ab', 'abc']);
    expect(contentsOf(backward)).toEqual(['a', 'ab', 'abc']);
    expect(readPack(backward, LIMITS).get(idOf('blob', abc))?.type).toBe('blob');
  });

  test('may hold the same object twice, and deltas on it', () => {
    const delta = refDelta(idOf('blob', 'a'), appending(Buffer.from('a'), 'b'));

    expect(contentsOf(packOf([blob('a'), blob('a'), delta, delta]))).toEqual(['a', 'ab']);
  });

  test('may refer back further than one byte can say', () => {
    const base = Buffer.from('a');
    const between = blob(Buffer.from(Array.from({ length: 40_000 }, (_, index) => (index * 7919) % 251)));
    const first = blob(base);

    expect(contentsOf(packOf([first, between, ofsDelta(first.length + between.length, appending(base, 'b'))]))).toContain('ab');
  });
});

describe('a damaged pack is refused', () => {
  const whole = packOf([blob('one'), blob('two')]);
  const flipped = (pack: Buffer, at: number) => Buffer.from(pack.map((byte, index) => (index === at ? byte ^ 1 : byte)));

  test.each([
    ['empty', Buffer.alloc(0)],
    ['of another format', Buffer.concat([Buffer.from('KCAP'), whole.subarray(4)])],
    ['of another version', packOf([blob('one')], { version: 4 })],
    ['with fewer objects than it says', packOf([blob('one')], { count: 2 })],
    ['with more objects than it says', packOf([blob('one'), blob('two')], { count: 1 })],
    ['with something behind its objects', packOf([blob('one'), Buffer.from('rest')], { count: 1 })],
    ['with a type that is reserved', packOf([entryOf(TYPE.reserved, 'x')])],
    ['with type 0', packOf([entryOf(0, 'x')])],
    ['with an object that is no zlib stream', packOf([Buffer.concat([headerOf(TYPE.blob, 3), Buffer.from('abc')])])],
    ['with a zlib stream cut short', packOf([Buffer.concat([headerOf(TYPE.blob, 300), deflateSync(Buffer.alloc(300)).subarray(0, 8)])])],
    ['with an object larger than it says', packOf([entryOf(TYPE.blob, 'abcdef', { size: 3 })])],
    ['with an object smaller than it says', packOf([entryOf(TYPE.blob, 'abc', { size: 6 })])],
    ['with an object of size 0 that has content', packOf([entryOf(TYPE.blob, 'abc', { size: 0 })])],
    ['with a header that does not end', packOf([Buffer.concat([Buffer.from([0xb0]), Buffer.alloc(400, 0x80)])])],
    [
      'with a size of zeros only',
      packOf([Buffer.concat([Buffer.from([0xb0]), Buffer.alloc(400, 0x80), Buffer.from([0]), deflateSync('')])]),
    ],
    ['with an object of no bytes at all', packOf([Buffer.alloc(0)], { count: 1 })],
    ['with a delta on itself', packOf([ofsDelta(0, appending(Buffer.from('a'), 'b'))])],
    ['with a delta on the header', packOf([ofsDelta(12, appending(Buffer.from('a'), 'b'))])],
    ['with a delta on what is before the pack', packOf([ofsDelta(13, appending(Buffer.from('a'), 'b'))])],
    ['with a delta on what is far before the pack', packOf([ofsDelta(2 ** 40, appending(Buffer.from('a'), 'b'))])],
    ['with a distance that does not end', packOf([Buffer.concat([headerOf(TYPE.ofsDelta, 3), Buffer.alloc(400, 0xff)])])],
    ['with a delta into the middle of an object', packOf([blob('one'), ofsDelta(1, appending(Buffer.from('a'), 'b'))])],
    ['with a delta on what it does not hold', packOf([refDelta('e'.repeat(40), appending(Buffer.from('a'), 'b'))])],
    ['with a base cut short', packOf([Buffer.concat([headerOf(TYPE.refDelta, 3), Buffer.alloc(10)])])],
    ['with deltas on each other', packOf([ofsDelta(30, appending(Buffer.from('a'), 'b')), ofsDelta(5, appending(Buffer.from('a'), 'b'))])],
    ['with a damaged delta', packOf([blob('a'), refDelta(idOf('blob', 'a'), Buffer.from('damaged'))])],
  ])('%s', (_, pack) => {
    expect(refusal(pack).kind).toBe('protocol');
  });

  test('wherever it is cut', () => {
    for (let length = 0; length < whole.length; length++) expect(refusal(whole.subarray(0, length)).kind).toBe('protocol');
  });

  test('wherever it is cut, even with a checksum to fit', () => {
    for (let length = 12; length < whole.length - 20; length++) {
      const body = whole.subarray(0, length);
      expect(refusal(Buffer.concat([body, createHash('sha1').update(body).digest()])).kind).toBe('protocol');
    }
  });

  test('whichever bit of it is flipped', () => {
    for (let at = 0; at < whole.length; at++) expect(refusal(flipped(whole, at))).toBeInstanceOf(GitError);
  });
});

describe('a pack that is a bomb is refused', () => {
  test('by the number of its objects', () => {
    expect(refusal(packOf([], { count: 2 ** 32 - 1 }))).toMatchObject({
      kind: 'too-large',
      message: expect.stringContaining('4294967295'),
    });
  });

  test('by the size of one object, said or not', () => {
    const bomb = Buffer.alloc(200 * MIB);

    expect(refusal(packOf([entryOf(TYPE.blob, bomb)])).kind).toBe('too-large');
    expect(refusal(packOf([entryOf(TYPE.blob, bomb, { size: 3 * MIB })])).kind).toBe('protocol');
    expect(refusal(packOf([entryOf(TYPE.blob, '', { size: 2 ** 50 })])).kind).toBe('too-large');
  });

  test('by the size of all objects', () => {
    const mib = deflateSync(Buffer.alloc(MIB));
    const entry = Buffer.concat([headerOf(TYPE.blob, MIB), mib]);

    expect(refusal(packOf(Array.from({ length: 1_000 }, () => entry))).kind).toBe('too-large');
  });

  test('by what a delta makes of its base', () => {
    const base = Buffer.alloc(64 * 1024);
    const times = (count: number) =>
      Buffer.concat([sizeOf(base.length), sizeOf(base.length * count), ...Array.from({ length: count }, () => copyOf(0, base.length))]);

    expect(refusal(packOf([blob(base), refDelta(idOf('blob', base), times(65))])).kind).toBe('too-large');
    // Each within the limit for one, together beyond the limit for all.
    expect(refusal(packOf([blob(base), ...Array.from({ length: 100 }, () => refDelta(idOf('blob', base), times(60)))])).kind).toBe(
      'too-large',
    );
  });

  test('by a chain of deltas of which each makes more of the one before, at once', () => {
    const first = Buffer.alloc(100 * 1024);
    const link = (index: number) => (index === 0 ? idOf('blob', first) : idOf('blob', `what nobody gets to: ${index}`));
    const bomb = Buffer.concat([
      sizeOf(first.length),
      sizeOf(first.length * 2_048),
      ...Array.from({ length: 2_048 }, () => copyOf(0, first.length)),
    ]);
    const deltas = Array.from({ length: 50 }, (_, index) => refDelta(link(index), bomb));
    const spentMs = startCpuTime();

    expect(refusal(packOf([blob(first), ...deltas]), { maxObjects: 100, maxObjectBytes: 1024 * MIB, maxTotalBytes: 1024 * MIB }).kind).toBe(
      'too-large',
    );
    expect(spentMs()).toBeLessThan(500);
  });

  test('by a delta that says its result has 2^31 - 1 bytes', () => {
    const delta = Buffer.concat([sizeOf(1), sizeOf(2 ** 31 - 1)]);

    expect(refusal(packOf([blob('a'), refDelta(idOf('blob', 'a'), delta)])).kind).toBe('too-large');
  });
});

describe('chains of deltas', () => {
  /** Entries of a chain so long, the last link first, which is the order that helps least. */
  function chain(length: number): readonly Buffer[] {
    const entries = [blob('')];
    let content: Buffer = Buffer.alloc(0);
    for (let link = 0; link < length; link++) {
      entries.unshift(refDelta(idOf('blob', content), appending(content, 'x')));
      content = Buffer.concat([content, Buffer.from('x')]);
    }
    return entries;
  }

  test('of the length that Git accepts are resolved', () => {
    expect(readPack(packOf(chain(4_095)), LIMITS).size).toBe(4_096);
  });

  test('longer than that are refused', () => {
    expect(refusal(packOf(chain(4_200)))).toMatchObject({
      kind: 'too-large',
      message: 'the pack holds a chain of deltas that is too long',
    });
  });

  test('take time by their number, not by their number times their length', { timeout: 30_000 }, () => {
    const links = chain(3_000);
    const end = Buffer.alloc(3_000, 'x');
    const leaves = Array.from({ length: 20_000 }, (_, index) =>
      refDelta(
        idOf('blob', end),
        Buffer.concat([sizeOf(3_000), sizeOf(5), copyOf(0, 1), Buffer.from([4]), Buffer.from(String(index + 10_000).slice(-4))]),
      ),
    );
    const pack = packOf([...leaves, ...links]);
    const spentMs = startCpuTime();

    readPack(pack, { ...LIMITS, maxTotalBytes: 64 * MIB });

    expect(spentMs()).toBeLessThan(3_000);
  });
});
