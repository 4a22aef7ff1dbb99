import type { Condition } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { updateConditions } from './conditions.ts';

const EARLIER = '2026-01-01T00:00:00Z';
const at = { generation: 4, nowMs: Date.parse('2026-01-02T03:04:05.678Z') };
const condition = (overrides: Partial<Condition> = {}): Condition => ({
  type: 'Ready',
  status: 'True',
  reason: 'Succeeded',
  message: 'stored',
  observedGeneration: 3,
  lastTransitionTime: EARLIER,
  ...overrides,
});
const update = { type: 'Ready', status: 'True', reason: 'Succeeded', message: 'stored' } as const;

describe('updateConditions', () => {
  test('a condition that says the same again keeps its time and learns the generation', () => {
    expect(updateConditions([condition()], [update], at)).toEqual([condition({ observedGeneration: 4 })]);
  });

  test.each([
    ['status', { status: 'False' }],
    ['reason', { reason: 'Failed' }],
    ['message', { message: 'stored anew' }],
  ] as const)('a new %s moves the time, in whole seconds', (_field, change) => {
    expect(updateConditions([condition()], [{ ...update, ...change }], at)).toEqual([
      condition({ ...change, observedGeneration: 4, lastTransitionTime: '2026-01-02T03:04:05Z' }),
    ]);
  });

  test('conditions that are not named are kept as they are', () => {
    const foreign = condition({ type: 'SomebodyElses' });
    expect(updateConditions([foreign], [update], at)).toContain(foreign);
  });

  test('a condition is taken away, and one that is not there may be', () => {
    const absent = (type: string) => ({ type, absent: true }) as const;
    expect(updateConditions([condition({ type: 'Stalled' }), condition()], [absent('Stalled'), absent('Reconciling')], at)).toEqual([
      condition(),
    ]);
  });

  test('of two updates of one type the later one holds', () => {
    expect(updateConditions([], [update, { ...update, status: 'False' }], at)).toMatchObject([{ status: 'False' }]);
  });

  test('what is wrong comes first, what is ours comes before the rest, and the rest is sorted', () => {
    const shuffled = ['Healthy', 'Ready', 'Applied', 'Stalled', 'Reconciling'].map((type) => condition({ type }));
    expect(updateConditions(shuffled, [], at).map(({ type }) => type)).toEqual(['Stalled', 'Reconciling', 'Ready', 'Applied', 'Healthy']);
  });

  test('a message goes out without credentials, and saying it again is no news', () => {
    const message = 'failed to clone https://user:hunter2@example.dev/repo';
    const first = updateConditions([], [{ ...update, message }], at);
    expect(first[0]?.message).toBe('failed to clone https://*****@example.dev/repo');
    expect(updateConditions(first, [{ ...update, message }], { ...at, nowMs: at.nowMs + 60_000 })).toEqual(first);
  });

  test('an object without a generation has conditions without one', () => {
    expect(updateConditions([], [update], { ...at, generation: undefined })[0]).not.toHaveProperty('observedGeneration');
  });
});
