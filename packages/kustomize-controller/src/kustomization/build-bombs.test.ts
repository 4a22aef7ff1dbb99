import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@gotk/apimachinery';
import { heldBytes } from '@gotk/apimachinery/garbage';
import { createWorkerPool, TaskFailed } from '@gotk/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workerEntry } from '../worker-entry.ts';
import type { BuildTree, Built } from './build-tree.ts';

const MIB = 1024 * 1024;
const KEPT = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: it }\n';
// What the test itself holds is no reason to end anything.
const pool = createWorkerPool({ entry: workerEntry, clock: systemClock, size: 1, maxProcessMiB: 4096 });
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'build-bombs-'));
});
afterAll(async () => {
  await pool[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const build = (path: string) =>
  pool.run<BuildTree, Built>(
    'build',
    { directory, path, overlay: {} },
    { signal: AbortSignal.timeout(120_000), deadlineMs: 60_000, of: `apps/${path}` },
  );

async function failureOf(name: string, files: Readonly<Record<string, string>>) {
  await mkdir(join(directory, name), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(directory, name, path), text);
  let [most, watching] = [0, true];
  // Of what the thread that serves everybody holds: what threads hold is bounded by the pool.
  const before = heldBytes();
  const watch = (async () => {
    while (watching) {
      most = Math.max(most, heldBytes() - before);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const error = await build(name).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  watching = false;
  await watch;
  return { error, mib: most / MIB };
}

/** So many mebibytes of objects. */
const objects = (file: number, mib: number) =>
  Array.from(
    { length: (mib * MIB) / 4096 },
    (_, index) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c-${file}-${index}\ndata:\n  a: ${'v'.repeat(4_000)}\n`,
  ).join('---\n');

test('GHSA-jhqp, P5: two hundred mebibytes of YAML end their own build, and take nothing from the thread that serves others', {
  timeout: 120_000,
}, async () => {
  const files = Object.fromEntries(Array.from({ length: 7 }, (_, file) => [`${file}.yaml`, objects(file, 30)]));
  const { error, mib } = await failureOf('huge', files);
  expect(error).toBeInstanceOf(TaskFailed);
  expect((error as Error).message).toMatch(/more than 50000 objects|of memory/);
  expect(mib).toBeLessThan(64);
});

test('GHSA-jhqp, P5: a file of two hundred mebibytes is refused by its size', { timeout: 120_000 }, async () => {
  await mkdir(join(directory, 'one'));
  await writeFile(join(directory, 'one/it.yaml'), KEPT);
  await truncate(join(directory, 'one/it.yaml'), 200 * MIB);
  const { error, mib } = await failureOf('one', {});
  expect(error).toMatchObject({
    errorName: 'BuildError',
    message: 'one/it.yaml: 209715200 bytes are more than the 33554432 that a file may have',
  });
  expect(mib).toBeLessThan(64);
});

test('P5: values of three bytes that take fifty when they are read end their own build', { timeout: 120_000 }, async () => {
  const bomb = `${KEPT}values: [${'{},'.repeat(1_500_000)}{}]\n`;
  const { error, mib } = await failureOf('values', {
    'a.yaml': bomb,
    'b.yaml': bomb,
    'c.yaml': bomb,
    'd.yaml': bomb,
    'e.yaml': bomb,
    'f.yaml': bomb,
  });
  expect(error).toBeInstanceOf(TaskFailed);
  expect((error as Error).message).toMatch(/memory/);
  expect(mib).toBeLessThan(64);
});
