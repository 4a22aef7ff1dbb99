import type { Kustomization } from '@gotk/api';
import type { KubeObject, ObjectKey } from '@gotk/apimachinery';
import { ApiError, type Informer, type KubeClient } from '@gotk/kube';
import { describe, expect, test } from 'vitest';
import { createVariableSources, type VariableSourcesOptions } from './variable-sources.ts';

type From = NonNullable<NonNullable<Kustomization['spec']['postBuild']>['substituteFrom']>;

const kustomization = (substituteFrom: From): Kustomization => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { namespace: 'apps', name: 'web', generation: 1 },
  spec: { interval: '1m', prune: true, sourceRef: { kind: 'GitRepository', name: 'repo' }, postBuild: { substituteFrom } },
});

/** What a cluster holds in the namespace `apps`, some of it watched, and how often it was asked. */
function cluster(objects: Readonly<Record<string, Readonly<Record<string, string>>>>, watched: readonly string[] = []) {
  const asked: string[] = [];
  const get = (kind: string, { namespace, name }: ObjectKey) => {
    asked.push(`${namespace}/${kind}/${name}`);
    const data = objects[`${kind}/${name}`];
    if (data === undefined) throw new ApiError(`"${name}" not found`, { status: 404, reason: 'NotFound' });
    return { apiVersion: 'v1', kind, metadata: { namespace, name }, data };
  };
  const versions = new Map(watched.map((id) => [id, '1']));
  const reader = (kind: string) => ({
    get: ({ name }: ObjectKey) => {
      const resourceVersion = versions.get(`${kind}/${name}`);
      return resourceVersion === undefined ? undefined : { metadata: { name, uid: 'u', resourceVersion } };
    },
  });
  const manager = {
    client: { get: async (resource: { kind: string }, key: ObjectKey) => get(resource.kind, key) } as unknown as KubeClient,
    informer: (resource: { kind: string }) => reader(resource.kind) as unknown as Informer<KubeObject>,
    readSecret: async (key: ObjectKey) => get('Secret', key),
  } as unknown as VariableSourcesOptions['manager'];
  return { sources: createVariableSources({ manager, labelSelector: 'watched' }), asked, versions };
}

const { signal } = new AbortController();
const vars: From = [
  { kind: 'ConfigMap', name: 'a' },
  { kind: 'Secret', name: 'b' },
];
const objects = {
  'ConfigMap/a': { x: '1', y: '1' },
  'Secret/b': { y: Buffer.from('2').toString('base64'), z: Buffer.from([0xff]).toString('base64') },
};

describe('a look', () => {
  test('at what is watched makes no request until the variables are needed, and shows another version', async () => {
    const { sources, asked, versions } = cluster(objects, ['ConfigMap/a', 'Secret/b']);
    const first = await sources.look(kustomization(vars), { signal });
    expect((await sources.look(kustomization(vars), { signal })).mark).toBe(first.mark);
    expect(asked).toEqual([]);
    versions.set('Secret/b', '2');
    expect((await sources.look(kustomization(vars), { signal })).mark).not.toBe(first.mark);
    expect(await first.read()).toEqual({
      kind: 'known',
      values: [
        ['x', '1'],
        ['y', '2'],
        ['z', null],
      ],
      secret: ['y', 'z'],
    });
    expect(asked).toEqual(['apps/ConfigMap/a', 'apps/Secret/b']);
  });

  test('at what is not watched reads it once, and shows another value but not the value', async () => {
    const [one, same, other] = [cluster(objects), cluster(objects), cluster({ ...objects, 'ConfigMap/a': { x: '2' } })];
    const look = await one.sources.look(kustomization(vars), { signal });
    await look.read();
    expect(one.asked).toHaveLength(2);
    expect((await same.sources.look(kustomization(vars), { signal })).mark).toBe(look.mark);
    expect((await other.sources.look(kustomization(vars), { signal })).mark).not.toBe(look.mark);
    expect(look.mark).toMatch(/^[0-9a-f]{64}$/);
  });

  test('at what is missing says so, unless it may be missing', async () => {
    const { sources } = cluster({});
    const missing = await sources.look(kustomization(vars), { signal });
    expect(await missing.read()).toEqual({ kind: 'unreadable', message: `substitute from 'ConfigMap/a' error: "a" not found` });
    const optional = await sources.look(kustomization(vars.map((each) => ({ ...each, optional: true }))), { signal });
    expect(await optional.read()).toEqual({ kind: 'known', values: [], secret: [] });
  });
});
