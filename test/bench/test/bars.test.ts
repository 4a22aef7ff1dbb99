import { beforeAll, expect, test } from 'vitest';
import type { PhaseKind, Row } from '../measure.ts';
import { workRequests } from '../request-count.ts';
import { runScenarios } from '../scenarios.ts';
import { takeSeat } from '../seat.ts';

// What `make bench` shows of many, with few: requests are the same for each, however busy the machine is.
const N = 20;
const CHAIN = 10;
const IDLE_SECONDS = 20;

const rows = new Map<PhaseKind, Row>();

beforeAll(async () => {
  await using stack = new AsyncDisposableStack();
  const seat = await takeSeat({ kind: 'started', programs: {} }, stack);
  for await (const row of runScenarios(seat, { count: N, perSource: N, idleSeconds: IDLE_SECONDS, drifts: 3, chainLength: CHAIN }))
    rows.set(row.kind, row);
}, 300_000);

const rowOf = (kind: PhaseKind): Row => {
  const row = rows.get(kind);
  if (row === undefined) throw new Error(`the phase ${kind} did not run`);
  return row;
};

/** Of the whole phase, for each Kustomization, rounded down: what a process asks for once is no part of it. */
const each = (kind: PhaseKind, ...names: readonly string[]): readonly number[] => {
  const { requests, count } = rowOf(kind);
  return names.map((name) => Math.floor((requests.get(name) ?? 0) / count));
};
const OBJECTS = ['deployments', 'services', 'serviceaccounts', 'ingresses'];
const applies = OBJECTS.map((name) => `APPLY ${name}`);
const dryRuns = applies.map((name) => `${name} (dry run)`);

test('an install takes twelve requests: the finalizer, three dry-runs, the inventory, four objects, two events and the status', () => {
  expect(each('install', ...applies)).toEqual([1, 1, 1, 1]);
  // The first object to be applied needs no dry-run: it is the service account.
  expect(each('install', ...dryRuns)).toEqual([1, 1, 0, 1]);
  expect(each('install', 'PATCH kustomizations')).toEqual([1]);
  // Whoever waits for the source for longer than a second says so once, with an event; a run that outlives a second likewise, without.
  const [events = 0, status = 0] = each('install', 'CREATE events', 'PATCH kustomizations/status');
  expect([2, 3]).toContain(events);
  expect([2, 3, 4]).toContain(status);
});

test('an upgrade of one object takes four: the object, the status and two events', () => {
  expect(each('upgrade', ...applies)).toEqual([1, 0, 0, 0]);
  expect(each('upgrade', ...dryRuns)).toEqual([0, 0, 0, 0]);
  expect(each('upgrade', 'CREATE events')).toEqual([2]);
  const [status = 0] = each('upgrade', 'PATCH kustomizations/status');
  expect([1, 2]).toContain(status);
});

test('while nothing happens nothing is asked for any Kustomization', () => {
  const named = [...rowOf('idle').requests].filter(([name]) =>
    /kustomizations|events|deployments|services|ingresses|serviceaccounts/.test(name),
  );
  // A watch that ends is opened again.
  expect(named.filter(([name]) => !name.startsWith('WATCH '))).toEqual([]);
});

test('what drifts is put right by one apply, after who did it has been relieved of the field', () => {
  expect(each('drift', 'APPLY deployments', 'PATCH deployments', 'APPLY deployments (dry run)')).toEqual([1, 1, 0]);
  expect(each('drift', 'APPLY services', 'APPLY serviceaccounts', 'APPLY ingresses')).toEqual([0, 0, 0]);
});

test('a chain of dependencies takes no more than an install', () => {
  expect(workRequests(rowOf('chain').requests) / CHAIN).toBeLessThan(14);
});

test('a deletion takes six: four objects, the finalizer, and one event', () => {
  expect(each('delete', ...OBJECTS.map((name) => `DELETE ${name}`))).toEqual([1, 1, 1, 1]);
  expect(workRequests(rowOf('delete').requests) / rowOf('delete').count).toBeLessThan(12);
});

test('the applier fits into little memory', () => {
  const peaks = [...rows.values()].flatMap(({ usage }) => usage.filter(({ name }) => name === 'kustomize-controller'));
  expect(Math.max(...peaks.map(({ peakRssMiB }) => peakRssMiB))).toBeLessThan(180);
});
