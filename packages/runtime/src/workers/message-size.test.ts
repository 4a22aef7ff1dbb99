import { describe, expect, test } from 'vitest';
import { isLargerThan } from './message-size.ts';

const KIB = 1024;
const self: { itself?: unknown } = {};
self.itself = self;

describe('the size of a message', () => {
  test.each<[string, unknown]>([
    ['a string', 'x'.repeat(2 * KIB)],
    ['a list of numbers', Array.from({ length: KIB }, (_, nr) => nr)],
    ['names of fields', Object.fromEntries(Array.from({ length: 100 }, (_, nr) => [`${'k'.repeat(20)}${nr}`, 1]))],
    ['a map', new Map([['key', 'x'.repeat(2 * KIB)]])],
    ['a set', new Set(['x'.repeat(2 * KIB)])],
    ['a buffer', new ArrayBuffer(2 * KIB)],
    ['a view, whose whole buffer goes with it', new Uint8Array(new ArrayBuffer(2 * KIB), 0, 1)],
    ['what is nested deep', JSON.parse(`${'['.repeat(KIB)}${']'.repeat(KIB)}`)],
    ['an array with nothing in it but its length', new Array(100_000_000)],
  ])('counts %s', (_, value) => {
    expect(isLargerThan(value, KIB)).toBe(true);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['itself', self],
    ['one string of a kilobyte, less what is around it', ['x'.repeat(KIB - 50)]],
    ['what is shared', new Uint8Array(new SharedArrayBuffer(2 * KIB))],
  ])('passes %s', (_, value) => expect(isLargerThan(value, KIB)).toBe(false));

  test('knows nothing too large below its limit', () => {
    const value = { list: Array.from({ length: 100 }, (_, nr) => nr), text: 'x'.repeat(100), map: new Map([['a', 'b']]) };
    expect(isLargerThan(value, KIB)).toBe(false);
    expect(isLargerThan(value, 800)).toBe(true);
  });

  test('counts one object that is referred to often only once', () => {
    const part = { text: 'x'.repeat(KIB / 2) };
    expect(isLargerThan([part, part, part], KIB)).toBe(false);
  });

  test('does not count what is moved rather than copied', () => {
    const view = new Uint8Array(2 * KIB);
    expect(isLargerThan({ view }, KIB, [view.buffer])).toBe(false);
  });
});
