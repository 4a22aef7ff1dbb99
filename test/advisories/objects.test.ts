import { type Definition, gitRepositoryDefinition, type Kustomization, kustomizationDefinition } from '@gotk/api';
import { type KubeObject, parseDuration } from '@gotk/apimachinery';
import { statusOf } from '@gotk/kstatus';
import { checkSpec } from '@gotk/runtime';
import { describe, expect, test } from 'vitest';
import { createObjectCache } from '../../packages/kube/src/informer/object-cache.ts';
import { overlayOf } from '../../packages/kustomize-controller/src/kustomization/overlay.ts';
import { sourceIdOf } from '../../packages/kustomize-controller/src/kustomization/source.ts';
import { intervalMs, retryMs, timeoutMs } from '../../packages/kustomize-controller/src/kustomization/timing.ts';
import { costOf } from './cost.ts';
import { NONSENSE, pathsOf, sampleOf, withValue } from './nonsense.ts';

const KINDS = [
  { kind: 'Kustomization', definition: kustomizationDefinition as unknown as Definition<KubeObject> },
  { kind: 'GitRepository', definition: gitRepositoryDefinition as unknown as Definition<KubeObject> },
] as const;

/** What a controller asks of each object in its cache, whether or not it keeps to its schema. */
const INDEXES = {
  source: (it: KubeObject) => [sourceIdOf(it as Kustomization)],
  dependencies: (it: KubeObject) =>
    ((it as Kustomization).spec.dependsOn ?? []).map(({ namespace = 'apps', name }) => `${namespace}/${name}`),
};
const healthy = (name: string, definition: Definition<KubeObject>): KubeObject => ({
  apiVersion: 'x/v1',
  kind: 'X',
  metadata: { namespace: 'apps', name, uid: name, resourceVersion: '1', generation: 1 },
  ...{ spec: sampleOf(definition.spec), status: sampleOf(definition.status) },
});

describe('CVE-2022-39272: one object with nonsense in any field stops no other', () => {
  describe.each(KINDS)('of kind $kind', ({ definition }) => {
    const sample = healthy('odd', definition);
    const paths = pathsOf(definition.spec);
    const variants = paths.flatMap((path) =>
      NONSENSE.map((value) => ({ path, value, object: withValue(sample, ['spec', ...path], value) as KubeObject })),
    );
    const shown = (path: readonly (string | number)[], value: unknown) =>
      `${path.join('.')}: ${String(JSON.stringify(value, (_, it) => (typeof it === 'bigint' ? `${it}n` : it))).slice(0, 60)}`;

    test('the generator reaches every field, and begins with what is sound', () => {
      expect(paths.length).toBeGreaterThan(30);
      expect(checkSpec(sample, { definition })).toBeUndefined();
    });

    test('a check of the object says what is wrong, and never throws', async () => {
      const { cpuMs, error } = await costOf(() => {
        for (const { path, value, object } of variants) {
          const verdict = checkSpec(object, { definition });
          expect(verdict === undefined || verdict.name === 'Stalled', shown(path, value)).toBe(true);
        }
      });
      expect(error).toBeUndefined();
      expect(cpuMs / variants.length).toBeLessThan(20);
    });

    test('a value of another type than the field’s is always found', () => {
      for (const path of paths) {
        const types = [null, 5.5, true, 'text', [[]], {}].filter((value) => typeof value !== 'string');
        const found = types.filter(
          (value) => checkSpec(withValue(sample, ['spec', ...path], value) as KubeObject, { definition }) === undefined,
        );
        // One of these is of the field's own type at most.
        expect(found.length, path.join('.')).toBeLessThanOrEqual(1);
      }
    });

    test('what the check lets pass can be acted upon', () => {
      for (const { path, value, object } of variants) {
        if (checkSpec(object, { definition, unsupported: [] }) !== undefined) continue;
        const { spec } = object as unknown as { readonly spec: Kustomization['spec'] };
        const periods = [parseDuration(spec.interval), ...(spec.timeout === undefined ? [] : [parseDuration(spec.timeout)])];
        if (definition.spec === kustomizationDefinition.spec) periods.push(intervalMs(spec), timeoutMs(spec), retryMs(spec) ?? 0);
        for (const ms of periods) expect(Number.isFinite(ms) && ms >= 0, shown(path, value)).toBe(true);
        expect(() => overlayOf(spec), shown(path, value)).not.toThrow();
      }
    });

    test('a cache that files it keeps the others, where they are, and lets it go again', () => {
      const neighbour = healthy('neighbour', definition);
      const cache = createObjectCache<KubeObject>(INDEXES);
      cache.set(neighbour);
      const source = INDEXES.source(neighbour)[0] ?? '';
      for (const { path, value, object } of variants) {
        expect(cache.set(object).length, shown(path, value)).toBeLessThanOrEqual(1);
        expect(cache.byIndex('source', source)).toContain(neighbour);
        expect(cache.get({ namespace: 'apps', name: 'odd' })).toBe(object);
      }
      expect(cache.delete(sample)).toHaveLength(1);
      expect(cache.list()).toEqual([neighbour]);
      expect(cache.byIndex('source', source)).toEqual([neighbour]);
    });

    test('nonsense in its status is read as what it is', () => {
      for (const path of pathsOf(definition.status)) {
        for (const value of NONSENSE) {
          const object = withValue(sample, ['status', ...path], value) as KubeObject;
          expect(() => statusOf(object as never), shown(['status', ...path], value)).not.toThrow();
          expect(() => INDEXES.source(object)).not.toThrow();
        }
      }
    });

    test('nonsense instead of a spec, or of a status', () => {
      for (const value of [...NONSENSE, undefined]) {
        for (const field of ['spec', 'status']) {
          const object = { ...sample, [field]: value } as KubeObject;
          expect(() => checkSpec(object, { definition })).not.toThrow();
          expect(() => statusOf(object as never)).not.toThrow();
        }
      }
    });
  });
});
