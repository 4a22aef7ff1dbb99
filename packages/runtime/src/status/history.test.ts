import { expect, test } from 'vitest';
import { withReconciled } from './history.ts';

const run = (digest: string, status: string, atMs: number) => ({
  digest,
  status,
  atMs,
  durationMs: 1_234.5,
  metadata: { revision: `r${digest}` },
});

test('the same content that ends the same way is counted; anything else goes first; five are kept', () => {
  let history = withReconciled([], run('1', 'ReconciliationSucceeded', 0));
  history = withReconciled(history, run('1', 'ReconciliationSucceeded', 60_000));
  expect(history).toEqual([
    {
      digest: '1',
      firstReconciled: '1970-01-01T00:00:00Z',
      lastReconciled: '1970-01-01T00:01:00Z',
      lastReconciledDuration: '1.235s',
      lastReconciledStatus: 'ReconciliationSucceeded',
      totalReconciliations: 2,
      metadata: { revision: 'r1' },
    },
  ]);
  history = withReconciled(history, run('1', 'HealthCheckFailed', 120_000));
  expect(history.map(({ lastReconciledStatus }) => lastReconciledStatus)).toEqual(['HealthCheckFailed', 'ReconciliationSucceeded']);
  for (const digest of ['2', '3', '4', '5']) history = withReconciled(history, run(digest, 'ReconciliationSucceeded', 180_000));
  expect(history.map(({ digest }) => digest)).toEqual(['5', '4', '3', '2', '1']);
  history = withReconciled(history, run('2', 'ReconciliationSucceeded', 240_000));
  expect(history.map(({ digest, totalReconciliations }) => [digest, totalReconciliations])).toEqual([
    ['2', 2],
    ['5', 1],
    ['4', 1],
    ['3', 1],
    ['1', 1],
  ]);
});
