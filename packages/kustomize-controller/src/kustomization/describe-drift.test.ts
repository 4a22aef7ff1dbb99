import type { Drift, TakenField } from '@gotk/ssa';
import { expect, test } from 'vitest';
import { describeDrift } from './describe-drift.ts';

const nowMs = Date.parse('2026-01-02T03:04:10Z');
const reference = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'apps', name: 'web' };
const field = (path: string, more: Partial<TakenField> = {}): TakenField => ({
  path,
  how: 'changed',
  by: 'kubectl-edit',
  at: '2026-01-02T03:04:05Z',
  ...more,
});
const told = (drift: Drift) => describeDrift([{ reference, drift }], { nowMs });

test('names the object, its fields and who has taken them, together where they were taken together', () => {
  const fields = [field('data.a'), field('data.b'), field('data.c', { how: 'removed', by: undefined }), field('data.d', { how: 'added' })];
  expect(told({ kind: 'changed', fields, more: 0 })).toBe(
    "ConfigMap/apps/web: data.a, data.b changed by 'kubectl-edit'; data.c removed; data.d added by 'kubectl-edit'",
  );
  expect(told({ kind: 'deleted' })).toBe('ConfigMap/apps/web: deleted');
  expect(told({ kind: 'changed', fields: [], more: 0 })).toBe('ConfigMap/apps/web: changed');
});

test('says when, unless that is just now', () => {
  expect(told({ kind: 'changed', fields: [field('data.a', { at: '2026-01-02T03:00:00Z' })], more: 0 })).toBe(
    "ConfigMap/apps/web: data.a changed by 'kubectl-edit' at 2026-01-02T03:00:00Z",
  );
});

test('is short, whatever there is to tell', () => {
  const fields = Array.from({ length: 20 }, (_, index) => field(`data.${index}`, { by: 'x'.repeat(128) }));
  expect(told({ kind: 'changed', fields, more: 3 })).toBe(
    `ConfigMap/apps/web: data.0, data.1, data.2, data.3, data.4 changed by '${'x'.repeat(60)}'; and 18 more fields`,
  );
  const objects = Array.from({ length: 12 }, () => ({ reference, drift: { kind: 'deleted' } as const }));
  expect(describeDrift(objects, { nowMs }).split('\n').slice(-2)).toEqual(['ConfigMap/apps/web: deleted', 'and 2 more']);
});
