import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { failsWith, testbed } from './testbed.ts';

test('a failure is tried again every spec.retryInterval, and no less often each time', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'map.yaml': configMap('UPPER_case', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { retryInterval: '1s' });
  const tried = (atLeast: number) =>
    bed.applier('app', (it) => failsWith('ReconciliationFailed')(it) && (it.status?.history?.[0]?.totalReconciliations ?? 0) >= atLeast);
  await tried(2);
  const before = performance.now();
  await tried(7);
  const tookMs = performance.now() - before;
  expect(tookMs).toBeGreaterThan(4_000);
  // Back-off would have come to half a minute.
  expect(tookMs).toBeLessThan(20_000);
});
