import { describe, expect, test } from 'vitest';
import { exceeded, type Memory, MIB, overTotal } from './memory.ts';

const limits = { maxHeapMiB: 100, maxOffHeapMiB: 50, maxTotalMiB: 200, maxResultMiB: 1 };
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

describe('tasks together', () => {
  test('lose the one that holds most when they hold too much', () => {
    const tasks = [{ memory: memory(60, 20) }, { memory: memory(40, 45) }, { memory: undefined }];
    expect(overTotal(tasks, 165)).toBeUndefined();
    expect(overTotal(tasks, 164)).toBe(tasks[1]);
  });
});
