import type { Kustomization } from '@gotk/api';
import { keyOf, renderKey } from '@gotk/apimachinery';
import { Stalled, Waiting } from '@gotk/runtime';
import { describe, expect, test } from 'vitest';
import { checkDependencies, concernsDependants, dependencyIds } from './dependencies.ts';

const revision = 'main@sha1:1';
const source = { revision, originRevision: undefined, artifact: { path: '', url: '', revision, digest: 'sha256:1', lastUpdateTime: '' } };

interface Options {
  readonly dependsOn?: readonly string[];
  readonly ready?: 'True' | 'False';
  readonly observed?: number;
  readonly applied?: string;
  readonly from?: string;
}

function kustomization(
  name: string,
  { dependsOn = [], ready = 'True', observed = 1, applied = revision, from = 'repo' }: Options = {},
): Kustomization {
  const condition = { type: 'Ready', status: ready, reason: 'x', message: '', lastTransitionTime: '' };
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { namespace: 'apps', name, generation: 1 },
    spec: {
      interval: '1m',
      prune: true,
      sourceRef: { kind: 'GitRepository', name: from },
      dependsOn: dependsOn.map((other) => ({ name: other })),
    },
    status: { observedGeneration: observed, lastAppliedRevision: applied, conditions: [condition] },
  };
}

function check(...all: readonly [Kustomization, ...Kustomization[]]): unknown {
  const byKey = new Map(all.map((it) => [renderKey(keyOf(it)), it]));
  const kustomizations = {
    get: (key: { namespace: string; name: string }) => byKey.get(renderKey(key)),
    list: () => [...all],
    byIndex: () => [],
  };
  try {
    checkDependencies(all[0], { kustomizations, source, againMs: 30_000 });
    return 'goes on';
  } catch (error) {
    return error;
  }
}

describe('a dependant', () => {
  const web = kustomization('web', { dependsOn: ['db'] });

  test('goes on when its dependency is ready at its generation and at the same revision', () => {
    expect(check(web, kustomization('db'))).toBe('goes on');
  });

  test.each([
    ['is not there', [], "dependency 'apps/db' not found"],
    ['is not ready', [kustomization('db', { ready: 'False' })], "dependency 'apps/db' is not ready"],
    ['was ready before its spec changed', [kustomization('db', { observed: 0 })], "dependency 'apps/db' is not ready"],
    [
      'is ready at another revision of the same source',
      [kustomization('db', { applied: 'main@sha1:0' })],
      "dependency 'apps/db' revision is not up to date",
    ],
  ] as const)('waits when it %s', (_what, others, message) => {
    const outcome = check(web, ...others);
    expect(outcome).toBeInstanceOf(Waiting);
    expect(outcome).toMatchObject({ message, reason: 'DependencyNotReady', againMs: 30_000 });
  });

  test('does not mind the revision of another source', () => {
    expect(check(web, kustomization('db', { applied: 'v1', from: 'other' }))).toBe('goes on');
  });
});

describe('a cycle', () => {
  test.each([
    ['of one', ['web'], 'apps/web → apps/web'],
    ['of two', ['db'], 'apps/web → apps/db → apps/web'],
  ] as const)('%s is named', (_what, dependsOn, way) => {
    const outcome = check(kustomization('web', { dependsOn }), kustomization('db', { dependsOn: ['web'] }));
    expect(outcome).toBeInstanceOf(Stalled);
    expect(outcome).toMatchObject({ message: `dependencies form a cycle: ${way}` });
  });

  test('that one only leads to is somebody else’s: it is waited for', () => {
    const [a, b] = [kustomization('a', { dependsOn: ['b'], ready: 'False' }), kustomization('b', { dependsOn: ['a'] })];
    expect(check(kustomization('web', { dependsOn: ['a'] }), a, b)).toBeInstanceOf(Waiting);
  });

  test('is not looked for in objects that break their schema', () => {
    const broken = { ...kustomization('db', { ready: 'False' }), spec: { dependsOn: 'nonsense' } } as unknown as Kustomization;
    expect(check(kustomization('web', { dependsOn: ['db'] }), broken)).toBeInstanceOf(Waiting);
    const empty = { ...kustomization('db'), spec: undefined } as unknown as Kustomization;
    expect(check(kustomization('web', { dependsOn: ['db'] }), empty)).toBe('goes on');
  });
});

test('dependants are woken by what can matter to them, and by nothing else', () => {
  const updated = (old: Kustomization, object: Kustomization) => concernsDependants({ kind: 'updated', old, object });
  const before = kustomization('db');
  expect(updated(before, { ...before, metadata: { ...before.metadata, annotations: { a: 'b' } } })).toBe(false);
  expect(updated(before, kustomization('db', { ready: 'False' }))).toBe(true);
  expect(updated(before, kustomization('db', { applied: 'main@sha1:2' }))).toBe(true);
  expect(concernsDependants({ kind: 'deleted', object: before })).toBe(true);
  expect(dependencyIds(kustomization('web', { dependsOn: ['db'] }))).toEqual(['apps/db']);
});
