import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { startCpuTime } from './cpu-time.ts';
import { youngGarbage } from './garbage.ts';

const MIB = 1024 * 1024;
const PIECE = 64 * 1024;

/** The most that buffers held while so many bytes of them were made and let go, in MiB. */
async function mostHeld(passed: (bytes: number) => void): Promise<number> {
  let most = 0;
  const before = process.memoryUsage().arrayBuffers;
  for (let made = 0; made < 256 * MIB; made += PIECE) {
    const piece = Buffer.allocUnsafeSlow(PIECE);
    if (made % MIB === 0) await turn();
    passed(piece.length);
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  return most / MIB;
}

test('pieces that are done with are collected long before V8 would look for them', async () => {
  const without = await mostHeld(() => undefined);
  expect(await mostHeld(youngGarbage())).toBeLessThan(Math.min(32, without));
});

test('what is small is not worth a collection', () => {
  const passed = youngGarbage();
  const spentMs = startCpuTime();
  for (let count = 0; count < 1_000; count++) passed(1);
  expect(spentMs()).toBeLessThan(50);
});

test('threads that ask for it at the same time do not take it from each other', async () => {
  const module = JSON.stringify(new URL('./garbage.ts', import.meta.url).href);
  const source = `import(${module}).then(({ youngGarbage }) => { for (let count = 0; count < 5; count++) youngGarbage()(64 * 1024 * 1024); })`;
  const ends = Array.from({ length: 8 }, () => once(new Worker(source, { eval: true }), 'exit'));
  expect(await Promise.all(ends)).toEqual(ends.map(() => [0]));
});
