import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock } from './build-lock.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('the second one waits until the first lets go', async () => {
  const file = join(directory, 'lock');
  const first = await acquireLock(file);
  const waitedFor: number[] = [];
  let second: AsyncDisposable | undefined;
  const taking = acquireLock(file, { onWait: (pid) => waitedFor.push(pid) }).then((lock) => {
    second = lock;
  });

  await expect.poll(() => waitedFor, { timeout: 10_000 }).toEqual([process.pid]);
  await delay(50);
  expect(second).toBeUndefined();
  expect(waitedFor).toEqual([process.pid]);
  await first[Symbol.asyncDispose]();
  await taking;

  expect(second).toBeDefined();
  await second?.[Symbol.asyncDispose]();
});

test('a lock whose holder has died is taken over', async () => {
  const file = join(directory, 'lock');
  await writeFile(file, JSON.stringify({ pid: process.pid, identity: 'a process before this one' }));

  await using lock = await acquireLock(file);

  expect(lock).toBeDefined();
});
