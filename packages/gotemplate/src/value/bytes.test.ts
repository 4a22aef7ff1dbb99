import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { byteLength, compareStrings, fromBytes, sliceBytes, toBytes, wellJoined } from './bytes.ts';

describe('strings of bytes', () => {
  test('whatever bytes there are, they come back', () => {
    for (const bytes of [
      [],
      [0xff, 0xfe],
      [0x41, 0xc3],
      [0xc3, 0xa9, 0x80],
      [0xf0, 0x9f, 0x8e, 0x89],
      [0xed, 0xa0, 0x80],
      [0xef, 0xbb, 0xbf, 0x41],
      [0xc0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
    ]) {
      expect([...toBytes(fromBytes(Uint8Array.from(bytes)))], JSON.stringify(bytes)).toEqual(bytes);
    }
  });

  test('what counts as a character is what everybody else takes for one', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const seconds = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
    for (let first = 0; first < 0x100; first += 1) {
      for (const bytes of seconds.flatMap((second) => [
        [first, second],
        [first, second, 0x80],
        [first, second, 0xbf, 0x80],
        [first, second, 0x80, 0x41],
      ])) {
        const isText = ((): boolean => {
          try {
            return strict.decode(Uint8Array.from(bytes)).isWellFormed();
          } catch {
            return false;
          }
        })();
        expect(fromBytes(Uint8Array.from(bytes)).isWellFormed(), JSON.stringify(bytes)).toBe(isText);
        expect([...toBytes(fromBytes(Uint8Array.from(bytes)))]).toEqual(bytes);
      }
    }
  });

  test('bytes that are none of them take no longer than any others', () => {
    const spentMs = startCpuTime();
    expect(fromBytes(new Uint8Array(1_000_000).fill(0xff)).length).toBe(1_000_000);
    expect(spentMs()).toBeLessThan(2000);
  });

  test.each(['', 'abc', 'é', '世界', '🎉', 'a\udcffb', 'x🎉é'])('the length of %j is that of its bytes', (text) => {
    expect(byteLength(text)).toBe(toBytes(text).length);
  });

  test('a character that was cut is whole again where its halves meet', () => {
    const [first, second] = [sliceBytes('é', { from: 0, to: 1 }), sliceBytes('é', { from: 1, to: 2 })];
    expect(first.isWellFormed()).toBe(false);
    expect(wellJoined(first + second)).toBe('é');
  });

  test('order is that of bytes', () => {
    const sorted = ['', 'Z', 'a', 'a\udc80', 'aé', 'é', '\uffee', '🎉', '\udcff'];
    expect([...sorted].reverse().sort(compareStrings)).toEqual(sorted);
  });
});
