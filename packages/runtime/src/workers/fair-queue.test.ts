import { describe, expect, test } from 'vitest';
import { createFairQueue } from './fair-queue.ts';

function queueOf(...items: readonly string[]) {
  const queue = createFairQueue<string>();
  for (const item of items) queue.push(item.slice(0, item.lastIndexOf('#')), item);
  return queue;
}

const drain = (queue: ReturnType<typeof queueOf>) => Array.from({ length: queue.size }, () => queue.take());

describe('a fair queue', () => {
  test('gives one owner’s first its turn before another’s second, however many that one has', () => {
    const queue = queueOf(...Array.from({ length: 100 }, (_, nr) => `a/greedy#${nr}`), 'a/modest#0');
    expect([queue.take(), queue.take(), queue.take()]).toEqual(['a/greedy#0', 'a/modest#0', 'a/greedy#1']);
  });

  test('lets namespaces take turns, whatever the number of their objects', () => {
    const queue = queueOf('big/1#0', 'big/2#0', 'big/3#0', 'small/1#0', 'small/1#1');
    expect(drain(queue)).toEqual(['big/1#0', 'small/1#0', 'big/2#0', 'small/1#1', 'big/3#0']);
  });

  test('keeps the order of one owner', () => {
    expect(drain(queueOf('a/x#0', 'a/x#1', 'a/x#2'))).toEqual(['a/x#0', 'a/x#1', 'a/x#2']);
  });

  test('puts who had its turn and comes again behind those who wait', () => {
    const queue = queueOf('a/x#0', 'b/y#0', 'c/z#0');
    queue.take();
    queue.push('a/x', 'a/x#1');
    expect(drain(queue)).toEqual(['b/y#0', 'c/z#0', 'a/x#1']);
  });

  test('knows who has waited longest, also when it is not their turn', () => {
    const queue = queueOf('a/x#0', 'a/x#1', 'b/y#0');
    queue.take();
    expect(queue.oldest).toBe('a/x#1');
    expect(queue.take()).toBe('b/y#0');
  });

  test('lets go of one, of all of an owner, and of everything', () => {
    const queue = queueOf('a/x#0', 'a/x#1', 'a/y#0', 'b/z#0');
    expect(queue.remove('a/x', 'a/x#0')).toBe(true);
    expect(queue.remove('a/x', 'a/x#0')).toBe(false);
    expect(queue.remove('nobody/here', 'a/x#1')).toBe(false);
    expect(queue.removeAll('a/y')).toEqual(['a/y#0']);
    expect(queue.removeAll('a/y')).toEqual([]);
    expect(queue.clear()).toEqual(['a/x#1', 'b/z#0']);
    expect([queue.size, queue.oldest, queue.take()]).toEqual([0, undefined, undefined]);
  });
});
