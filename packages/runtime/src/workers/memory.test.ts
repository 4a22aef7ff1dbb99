import { describe, expect, test } from 'vitest';
import { exceeded, type Memory, MIB, overProcess } from './memory.ts';

const limits = { maxHeapMiB: 100, stackMiB: 4, maxOffHeapMiB: 50, maxProcessMiB: 200, maxResultMiB: 1 };
const memory = (heapMiB: number, offHeapMiB = 0): Memory => ({ heap: heapMiB * MIB, offHeap: offHeapMiB * MIB });
const heaps = (...mib: readonly number[]) => mib.map((heap) => memory(heap));

describe('a task', () => {
  test('may hold what the limits say', () => expect(exceeded([memory(100, 50), memory(100, 50), memory(100, 50)], limits)).toBeUndefined());
  test('is given time for a collection of garbage', () => {
    expect(exceeded(heaps(200, 200), limits)).toBeUndefined();
    expect(exceeded(heaps(200, 200, 90, 200, 200), limits)).toBeUndefined();
    expect(exceeded(heaps(50, 101, 101, 101), limits)).toBe('heap');
  });
  test('has its buffers counted at once', () => expect(exceeded([memory(0, 51)], limits)).toBe('off-heap'));
});

describe('a process that has too much memory', () => {
  const held = (mib: number, unansweredMs = 0) => ({ memory: memory(mib / 2, mib / 2), unansweredMs });
  const over = { rss: 801 * MIB, maxProcessMiB: 800 };

  test('loses the task that holds most', () => {
    const [small, large] = [held(60), held(80)];
    expect(overProcess([small, large], over)).toBe(large);
    expect(overProcess([small, large], { ...over, rss: 800 * MIB })).toBeUndefined();
  });

  test('loses one that does not answer if none is known to hold much', () => {
    const silent = { memory: undefined, unansweredMs: 200 };
    const known = held(80);
    expect(overProcess([silent, known], over)).toBe(known);
    expect(overProcess([held(31), silent], over)).toBe(silent);
    expect(overProcess([held(31), held(31, 199)], over)).toBeUndefined();
  });

  test('loses none for what is not theirs', () => expect(overProcess([held(31), held(20)], over)).toBeUndefined());
});
