import { setInterval as everyMs } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { build } from '../build.ts';
import { memoryTree } from '../tree/memory-tree.ts';
import { type BuildWorkerLimits, buildInWorker } from './build-in-worker.ts';

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
const FILES = { 'app/kustomization.yaml': 'resources: [a.yaml]\nnamePrefix: x-\n', 'app/a.yaml': configMap('a') };
const LIMITS: BuildWorkerLimits = { deadlineMs: 20_000, maxHeapMiB: 256 };

describe('a build in a thread', () => {
  test('has the result of one without', async () => {
    const { objects, filesRead } = build(memoryTree(FILES), 'app', { overlay: { nameSuffix: '-y' } });
    expect(await buildInWorker({ files: FILES, path: 'app', options: { overlay: { nameSuffix: '-y' } } }, LIMITS)).toEqual({
      ok: true,
      objects,
      filesRead,
    });
  });

  test('says what is wrong with the files, and where', async () => {
    const files = { ...FILES, 'app/a.yaml': 'a:\n\tb: 1\n' };
    expect(await buildInWorker({ files, path: 'app' }, LIMITS)).toEqual({
      ok: false,
      reason: 'invalid',
      message: expect.stringMatching(/^app\/a\.yaml:2:1: invalid YAML/),
      at: { file: 'app/a.yaml', line: 2, column: 1 },
    });
    expect(await buildInWorker({ files: { ...FILES, 'app/kustomization.yaml': 'nonsense: 1\n' }, path: 'app' }, LIMITS)).toMatchObject({
      reason: 'invalid',
      at: { file: 'app/kustomization.yaml' },
    });
  });

  test('finds no environment variables', async () => {
    const entry = { source: "require('node:worker_threads').parentPort.postMessage({ ok: true, objects: Object.keys(process.env) })" };
    expect(await buildInWorker({ files: {}, path: '' }, { ...LIMITS, entry })).toEqual({ ok: true, objects: [] });
  });
});

describe('a build that does harm', () => {
  test('and never ends is ended, and the event loop is free meanwhile', async () => {
    const started = performance.now();
    const building = buildInWorker({ files: {}, path: '' }, { ...LIMITS, deadlineMs: 500, entry: { source: 'for (;;);' } });
    const stop = new AbortController();
    void building.then(() => stop.abort());
    let turns = 0;
    try {
      for await (const _ of everyMs(5, undefined, { signal: stop.signal })) turns += 1;
    } catch {
      // The build has ended.
    }
    expect(await building).toEqual({ ok: false, reason: 'deadline', message: 'the build took longer than 500 ms' });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(turns).toBeGreaterThan(10);
  });

  test('by files alone: bases that name each other twice', async () => {
    const levels = Array.from({ length: 13 }, (_, n) => [
      [`${n}/kustomization.yaml`, `resources: [../a${n + 1}, ../b${n + 1}]\n`],
      ...['a', 'b'].map((side) => [`${side}${n}/kustomization.yaml`, `namePrefix: ${side}\nresources: [../${n}]\n`]),
    ]).flat();
    const leaf = { 'a13/kustomization.yaml': 'resources: [x.yaml]\n', 'b13/kustomization.yaml': 'resources: [x.yaml]\n' };
    const big = Array.from({ length: 1_000 }, (_, n) => configMap(`x${n}`)).join('---\n');
    const files = { ...Object.fromEntries(levels), ...leaf, 'a13/x.yaml': big, 'b13/x.yaml': big.replaceAll('x', 'y') };
    expect(await buildInWorker({ files, path: '0' }, { ...LIMITS, deadlineMs: 300 })).toMatchObject({ ok: false, reason: 'deadline' });
  });

  test('and takes all memory is ended', async () => {
    const entry = { source: 'const all = []; for (;;) all.push({ n: all.length, text: String(all.length).padStart(100) });' };
    expect(await buildInWorker({ files: {}, path: '' }, { ...LIMITS, maxHeapMiB: 32, entry })).toEqual({
      ok: false,
      reason: 'memory',
      message: 'the build needed more than 32 MiB of memory',
    });
  });

  test.each([
    ['throw new Error("boom")', 'the build crashed: boom'],
    ['process.exit(3)', "the build's thread ended with code 3"],
  ])('%s', async (source, message) => {
    expect(await buildInWorker({ files: {}, path: '' }, { ...LIMITS, entry: { source } })).toEqual({ ok: false, reason: 'crash', message });
  });
});

test('the caller may have enough', async () => {
  const hanging = { ...LIMITS, entry: { source: 'for (;;);' } };
  const aborted = { ok: false, reason: 'aborted', message: 'the build was aborted' };
  expect(await buildInWorker({ files: {}, path: '' }, { ...hanging, signal: AbortSignal.timeout(100) })).toEqual(aborted);
  expect(await buildInWorker({ files: {}, path: '' }, { ...hanging, signal: AbortSignal.abort() })).toEqual(aborted);
});
