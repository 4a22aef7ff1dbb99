import { expect, test } from 'vitest';
import { verdicts } from './bars.ts';
import type { Row } from './measure.ts';

const row = (kind: Row['kind'], more: Partial<Row> = {}): Row => ({
  kind,
  phase: kind,
  count: 100,
  seconds: 60,
  usage: [{ name: 'kustomize-controller', cpuSeconds: 1, peakRssMiB: 170 }],
  requests: new Map(),
  ...more,
});
const shown = (rows: readonly Row[], count = 100, sources = 1) =>
  verdicts(rows, { count, sources }).map(({ measured, isMet }) => [measured, isMet]);

test('requests count for each Kustomization, without what a process asks for once and without leases', () => {
  const requests = (count: number) =>
    new Map([
      ['APPLY deployments', count],
      ['UPDATE leases', 500],
    ]);
  expect(shown([row('install', { requests: requests(1_220) })])).toEqual([[12, true]]);
  expect(shown([row('install', { requests: requests(1_221) })])).toEqual([[12.01, false]]);
  expect(shown([row('upgrade', { requests: requests(402) })])).toEqual([[4, true]]);
  expect(shown([row('install', { requests: requests(1_232) }), row('upgrade', { requests: requests(408) })], 100, 4)).toEqual([
    [12, true],
    [4, true],
  ]);
  expect(shown([row('idle', { seconds: 120, requests: requests(20) })])).toEqual([[0.1, true]]);
});

test('waits are judged by the longest and the one in the middle, drift by the one in the middle', () => {
  const latenciesMs = [100, 200, 300, 400, 900];
  expect(shown([row('upgrade', { latenciesMs })])).toEqual([
    [0, true],
    [3, true],
  ]);
  expect(shown([row('drift', { latenciesMs: [10, 900, 5_000] })])).toEqual([[0.9, true]]);
});

test('memory is judged where there are a thousand, a chain where it is of ten', () => {
  expect(shown([row('install')], 1_000)).toEqual([
    [0, true],
    [170, true],
  ]);
  expect(shown([row('chain', { count: 10, seconds: 3.1 }), row('chain', { count: 3, seconds: 9 })])).toEqual([[3.1, false]]);
});
