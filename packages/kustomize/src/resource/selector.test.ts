import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { type BuildResource, type JsonMap, newResource } from './resource.ts';
import { compileSelector, type TargetSelector } from './selector.ts';

function resource(metadata: JsonMap, past: BuildResource['past'] = [], kind = 'Deployment'): BuildResource {
  return { ...newResource({ apiVersion: 'apps/v1', kind, metadata }, 'a.yaml'), past: [...past] };
}
const selects = (target: TargetSelector, of: BuildResource): boolean => compileSelector(target, 'patches[0]')(of);

describe('fields', () => {
  const web = resource({ name: 'web-1', namespace: 'shop', labels: { app: 'web', tier: 'front' }, annotations: { owner: 'me' } });

  test.each<[TargetSelector, boolean]>([
    [{}, true],
    [{ kind: 'Deployment' }, true],
    [{ kind: 'Deploy' }, false],
    [{ kind: 'Deployment|StatefulSet' }, true],
    [{ kind: 'a|Deploy' }, false],
    [{ name: 'web' }, false],
    [{ name: 'web-.*' }, true],
    [{ name: '^web-1$' }, true],
    [{ name: '' }, true],
    [{ group: 'apps', version: 'v1' }, true],
    [{ group: 'batch' }, false],
    [{ namespace: 'shop' }, true],
    [{ namespace: 'default' }, false],
    [{ labelSelector: 'app=web,tier!=back' }, true],
    [{ labelSelector: 'app in (api)' }, false],
    [{ annotationSelector: 'owner=me' }, true],
    [{ annotationSelector: '!owner' }, false],
    [{ kind: 'Deployment', name: 'other' }, false],
  ])('%j: %j', (target, expected) => {
    expect(selects(target, web)).toBe(expected);
  });

  test('no namespace is the one called default', () => {
    expect(selects({ namespace: 'default' }, resource({ name: 'a' }))).toBe(true);
  });
});

test('name and namespace may be those of the manifest or those of now, but none in between', () => {
  const renamed = resource({ name: 'c', namespace: 'now' }, [
    { kind: 'Deployment', namespace: 'default', name: 'a' },
    { kind: 'Deployment', namespace: 'now', name: 'b' },
  ]);
  expect(['a', 'b', 'c'].map((name) => selects({ name }, renamed))).toEqual([true, false, true]);
  expect(selects({ name: 'a', namespace: 'now' }, renamed)).toBe(true);
});

test('the kind is that of now', () => {
  const changed = resource({ name: 'a' }, [{ kind: 'StatefulSet', namespace: 'default', name: 'a' }]);
  expect(selects({ kind: 'StatefulSet' }, changed)).toBe(false);
});

test.each<TargetSelector>([{ name: '(' }, { kind: '[' }, { labelSelector: 'a in b' }, { name: '(?=a)b' }])(
  '%j is an error with its place',
  (target) => {
    expect(() => compileSelector(target, 'kustomization.yaml: patches[0]')).toThrow(BuildError);
    expect(() => compileSelector(target, 'kustomization.yaml: patches[0]')).toThrow(/^kustomization\.yaml: patches\[0\]\.target\./);
  },
);

test('a pattern made to blow up takes no time', () => {
  // With backtracking, each more `a` doubles the time: 2^200 steps do not end.
  const victim = resource({ name: `${'a'.repeat(200)}!` });
  expect(selects({ name: '(a+)+' }, victim)).toBe(false);
  expect(selects({ name: '(a|aa)+' }, victim)).toBe(false);
  expect(selects({ name: '(.*a){30}' }, victim)).toBe(false);
});
