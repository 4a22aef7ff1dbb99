import { expect, test } from 'vitest';
import { type Hook, HookEvent, hooksAt, isDeletedAt } from './hook.ts';

const hook = (more: Partial<Hook>): Hook => ({
  name: 'a',
  kind: 'Job',
  path: 'app/templates/a.yaml',
  manifest: '',
  events: [HookEvent.PreInstall],
  weight: 0,
  deletePolicies: [],
  outputLogPolicies: [],
  lastRun: { phase: '' },
  ...more,
});

test('the hooks of an event run by weight, then by name, then as they were', () => {
  const hooks = [
    hook({ name: 'b' }),
    hook({ name: 'a', kind: 'ConfigMap' }),
    hook({ name: 'a', kind: 'Secret' }),
    hook({ name: 'z', weight: -1 }),
    hook({ name: '0', weight: 10 }),
    hook({ name: 'other', events: [HookEvent.Test] }),
  ];
  expect(hooksAt(HookEvent.PreInstall, hooks).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'z Job',
    'a ConfigMap',
    'a Secret',
    'b Job',
    '0 Job',
  ]);
});

test('a hook without a policy goes before it comes again', () => {
  expect(isDeletedAt(hook({}), 'before-hook-creation')).toBe(true);
  expect(isDeletedAt(hook({}), 'hook-succeeded')).toBe(false);
  expect(isDeletedAt(hook({ deletePolicies: ['hook-failed'] }), 'before-hook-creation')).toBe(false);
  expect(isDeletedAt(hook({ deletePolicies: ['hook-failed'] }), 'hook-failed')).toBe(true);
});

test('a resource definition stays, whatever its policy', () => {
  expect(isDeletedAt(hook({ kind: 'CustomResourceDefinition', deletePolicies: ['hook-succeeded'] }), 'hook-succeeded')).toBe(false);
});
