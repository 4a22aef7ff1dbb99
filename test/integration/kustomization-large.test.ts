import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startToolkit } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { isReady, resources } from './testbed.ts';

const MIB = 1024 * 1024;
const [FILES, OBJECTS_A_FILE] = [100, 100];

// Of its own, so that nobody waits behind it.
const cluster = ownCluster();

/** Looks at a process from outside until it is disposed of: how much memory it had at most, and how long it took to answer at worst. */
function observe(metricsUrl: string) {
  const stop = new AbortController();
  const worst = { residentBytes: 0, answerMs: 0 };
  const running = (async () => {
    while (!stop.signal.aborted) {
      const asked = performance.now();
      const text = await (await fetch(metricsUrl)).text();
      worst.answerMs = Math.max(worst.answerMs, performance.now() - asked);
      worst.residentBytes = Math.max(worst.residentBytes, Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return {
    worst,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

test('ten thousand objects in one Kustomization are applied in bounded memory, and the process answers meanwhile', {
  timeout: 600_000,
}, async ({ annotate }) => {
  await using bed = await cluster.testbed();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-large-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const toolkit = stack.use(
    await startToolkit({
      kubeconfigPath: cluster.kubeconfigPath,
      namespace: bed.namespace,
      directory,
      watchAllNamespaces: false,
      flags: ['--kube-api-qps=1000', '--kube-api-burst=1000'],
    }),
  );
  const controller = toolkit.controllers.find(({ name }) => name === 'kustomize-controller');
  const observed = stack.use(observe(controller?.metricsUrl ?? ''));

  const fileOf = (file: number) =>
    Array.from({ length: OBJECTS_A_FILE }, (_, index) => configMap(`c-${file}-${index}`, { key: 'git' })).join('---\n');
  const files = Object.fromEntries(Array.from({ length: FILES }, (_, file) => [`${file}.yaml`, fileOf(file)]));
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { timeout: '9m' });
  const began = performance.now();
  // Far longer than a test may usually take.
  while ((await bed.applier('app', () => true).then(isReady)) === false) await new Promise((resolve) => setTimeout(resolve, 1_000));
  const appliedMs = performance.now() - began;

  await bed.merge(resources.configMap, 'c-7-7', { data: { key: 'tampered' } });
  await bed.until(resources.configMap, 'c-7-7', ({ data }) => (data as { key?: string }).key === 'git');
  const { residentBytes, answerMs } = observed.worst;
  await annotate(`${Math.round(appliedMs / 1_000)} s, ${Math.round(residentBytes / MIB)} MiB, slowest answer ${Math.round(answerMs)} ms`);
  expect(residentBytes).toBeLessThan(256 * MIB);
  expect(answerMs).toBeLessThan(5_000);
});
