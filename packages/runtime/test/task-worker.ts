import { threadId } from 'node:worker_threads';
import { serveTasks } from '../src/worker-tasks.ts';

class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** What a test asks a thread to do, well-behaved and otherwise. */
serveTasks({
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
