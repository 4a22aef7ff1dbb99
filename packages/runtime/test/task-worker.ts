import { readFile } from 'node:fs/promises';
import { threadId } from 'node:worker_threads';
import { serveTasks } from '../src/workers/tasks.ts';
import { nicenessOf } from './niceness.ts';

class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** What a test asks a thread to do, well-behaved and otherwise. */
const depthOf = (limit: number): number => (limit === 0 ? 0 : 1 + depthOf(limit - 1));

serveTasks({
  /** Calls within calls, so many. */
  recurse: (depth: number) => depthOf(depth),
  double: (input: number) => input * 2,
  thread: () => threadId,
  refuse: (why: string) => {
    throw new Refusal(why);
  },
  /** Says that it has begun, if it was given something to say it with. */
  loop: (begun?: Int32Array) => {
    if (begun !== undefined) Atomics.store(begun, 0, 1);
    for (;;);
  },
  hoard: () => {
    const all: unknown[] = [];
    for (;;) all.push(Array.from({ length: 1_000 }, () => ({})));
  },
  /** Buffers are no part of the heap that V8 limits. */
  hoardBuffers: () => {
    const all: Buffer[] = [];
    for (;;) all.push(Buffer.alloc(1024 * 1024, 1));
  },
  /** One native call, which nothing can interrupt, and whose result takes four times as much. */
  parse: (items: number) => (JSON.parse(`[${'1,'.repeat(items)}1]`) as number[]).length,
  /** Honest work: the processor for so long. */
  work: (ms: number) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
    return ms;
  },
  bytesOf: (buffer: ArrayBuffer) => buffer.byteLength,
  text: (length: number) => 'x'.repeat(length),
  /** Of the calling thread alone. */
  niceness: () => nicenessOf('/proc/thread-self/stat'),
  readFile: async () => (await readFile('/proc/self/stat')).length,
  exit: (code: number) => process.exit(code),
  unclonable: () => () => 'a function',
  /** Answers well, and dies when nobody asks it for anything. */
  dieLater: (how: 'exit' | 'throw') => {
    setTimeout(() => {
      if (how === 'exit') process.exit(0);
      throw new Error('nobody waits for this');
    }, 1);
    return threadId;
  },
  never: () => new Promise(() => undefined),
});
