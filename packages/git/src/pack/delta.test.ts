import { describe, expect, test } from 'vitest';
import { appending, copyOf, sizeOf } from '../../test/pack.ts';
import { GitError } from '../git-error.ts';
import { applyDelta } from './delta.ts';

const BASE = Buffer.from('The quick brown fox');
const KIB = 1024;

/** A delta for the base above that promises so many bytes. */
const deltaOf = (size: number, ...instructions: readonly Buffer[]) => Buffer.concat([sizeOf(BASE.length), sizeOf(size), ...instructions]);

describe('a delta', () => {
  test('copies from its base and inserts of its own', () => {
    const delta = deltaOf(14, copyOf(4, 5), Buffer.from([1]), Buffer.from('-'), copyOf(10, 5), Buffer.from([3]), Buffer.from('dog'));

    expect(applyDelta(BASE, delta, KIB).toString()).toBe('quick-browndog');
  });

  test('may leave out the bytes of offset and length that are zero', () => {
    expect(applyDelta(BASE, deltaOf(3, Buffer.from([0x90, 3])), KIB).toString()).toBe('The');
    expect(applyDelta(BASE, deltaOf(3, Buffer.from([0x91, 16, 3])), KIB).toString()).toBe('fox');
  });

  test('means 65536 bytes by a copy of length 0', () => {
    const base = Buffer.alloc(0x10000, 'x');
    const delta = Buffer.concat([sizeOf(base.length), sizeOf(base.length), Buffer.from([0x80])]);

    expect(applyDelta(base, delta, base.length).equals(base)).toBe(true);
  });

  test('reaches beyond 2 GiB in a base only by an error', () => {
    expect(() => applyDelta(BASE, deltaOf(1, copyOf(0xffffffff, 1)), KIB)).toThrow(GitError);
  });

  test('may be empty, of an empty base', () => {
    expect(applyDelta(Buffer.alloc(0), appending(Buffer.alloc(0), 'new'), KIB).toString()).toBe('new');
    expect(applyDelta(BASE, deltaOf(0), KIB)).toHaveLength(0);
  });
});

describe('a damaged delta is refused', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['no size of the result', sizeOf(BASE.length)],
    ['another base', Buffer.concat([sizeOf(BASE.length + 1), sizeOf(1), copyOf(0, 1)])],
    ['fewer bytes than promised', deltaOf(5, copyOf(0, 4))],
    ['more bytes than promised by a copy', deltaOf(3, copyOf(0, 4))],
    ['more bytes than promised by an insertion', deltaOf(1, Buffer.from([2]), Buffer.from('ab'))],
    ['a copy from behind the base', deltaOf(2, copyOf(BASE.length - 1, 2))],
    ['a copy that ends too early', deltaOf(2, Buffer.from([0x91]))],
    ['an insertion that ends too early', deltaOf(9, Buffer.from([9]), Buffer.from('ab'))],
    ['the reserved instruction', deltaOf(1, Buffer.from([0]))],
    ['a size without end', Buffer.alloc(400, 0x80)],
    ['a size of the result without end', Buffer.concat([sizeOf(BASE.length), Buffer.alloc(400, 0x80)])],
    ['a size of zeros only', Buffer.concat([sizeOf(BASE.length), Buffer.alloc(400, 0x80), Buffer.from([0])])],
  ])('%s', (_, delta) => {
    expect(() => applyDelta(BASE, delta, KIB)).toThrow(GitError);
  });

  test.each([KIB + 1, 2 ** 31 - 1, 2 ** 53])('a result of %i bytes, before memory is taken for it', (size) => {
    const before = process.memoryUsage().rss;

    expect(() => applyDelta(BASE, deltaOf(size), KIB)).toThrow(expect.objectContaining({ kind: 'too-large' }));

    expect(process.memoryUsage().rss - before).toBeLessThan(64 * KIB * KIB);
  });
});
