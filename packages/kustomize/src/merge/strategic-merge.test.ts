import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import type { Json, JsonMap } from '../resource/resource.ts';
import { strategicMerge } from './strategic-merge.ts';

const deployment = (pod: JsonMap): JsonMap => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { spec: pod } },
});
const service = (ports: Json[]): JsonMap => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports } });

function mergedPod(pod: JsonMap, patch: JsonMap): unknown {
  const merged = strategicMerge(deployment(pod), deployment(patch), 'patch.yaml');
  return (merged as { spec: { template: { spec: unknown } } }).spec.template.spec;
}

const port = fc.record(
  { port: fc.constantFrom(53, 80, 443), protocol: fc.constantFrom('TCP', 'UDP'), name: fc.constantFrom('a', 'b') },
  { requiredKeys: ['port'] },
);

test('whatever ports there are, those of the patch are in the result', () => {
  const distinct = fc.uniqueArray(port, { selector: (item) => item.port, minLength: 1 });
  fc.assert(
    fc.property(distinct, distinct, (current, patch) => {
      const merged = strategicMerge(service(current), service(patch), 'patch.yaml');
      const ports = patch.map((item) => expect.objectContaining({ port: item.port }));
      expect(merged?.spec).toEqual({ ports: expect.arrayContaining(ports) });
    }),
  );
});

describe('maps', () => {
  test('are merged field by field, and null removes a field', () => {
    expect(mergedPod({ a: 1, b: { c: 2, d: 3 } }, { b: { c: null, e: 4 } })).toEqual({ a: 1, b: { d: 3, e: 4 } });
  });

  test('keep the nulls that the object has itself', () => {
    expect(mergedPod({ a: null }, { b: 1 })).toEqual({ a: null, b: 1 });
  });

  test('are replaced or deleted where the patch says so', () => {
    expect(mergedPod({ a: { b: 1 }, c: { d: 1 } }, { a: { $patch: 'replace', e: 2 }, c: { $patch: 'delete' } })).toEqual({ a: { e: 2 } });
  });

  test('the whole object is deleted by a directive at its top', () => {
    expect(strategicMerge(deployment({}), { ...deployment({}), $patch: 'delete' }, 'patch.yaml')).toBeUndefined();
  });

  test('a directive that nobody knows is an error', () => {
    expect(() => mergedPod({}, { a: { $patch: 'obliterate' } })).toThrow(BuildError);
  });

  test.each(['$setElementOrder/containers', '$retainKeys', '$deleteFromPrimitiveList/finalizers'])(
    '%s is refused, not written into the object',
    (field) => {
      expect(() => mergedPod({}, { [field]: [] })).toThrow(/not supported yet/);
    },
  );

  test('a map for a list, or for a plain value, is an error that names the field', () => {
    expect(() => mergedPod({ containers: [] }, { containers: {} })).toThrow(
      /\/spec\/template\/spec\/containers is a map in the patch, and a list/,
    );
    expect(() => mergedPod({ a: 'text' }, { a: { b: 1 } })).toThrow(/is a map in the patch, and a value/);
  });

  test('neither argument is changed, nor shared with the result', () => {
    const [target, patch] = [
      deployment({ tolerations: [{ key: 'a' }] }),
      deployment({ tolerations: [{ key: 'b' }], containers: [{ name: 'c' }] }),
    ];
    const before = structuredClone([target, patch]);
    const merged = strategicMerge(target, patch, 'patch.yaml');
    const pod = (merged as { spec: { template: { spec: { tolerations: { key: string }[] } } } }).spec.template.spec;
    for (const toleration of pod.tolerations) toleration.key = 'changed';
    expect([target, patch]).toEqual(before);
  });

  test('a field called __proto__ is data', () => {
    const patch: JsonMap = JSON.parse('{"__proto__":{"polluted":true}}');
    expect(Object.hasOwn(mergedPod({}, patch) as object, '__proto__')).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('lists with merge keys', () => {
  test('containers are told apart by name; those of the patch come first', () => {
    expect(
      mergedPod(
        { containers: [{ name: 'a', image: '1' }, { name: 'b' }] },
        { containers: [{ name: 'c' }, { name: 'a', image: '2', tty: true }] },
      ),
    ).toEqual({ containers: [{ name: 'c' }, { name: 'a', image: '2', tty: true }, { name: 'b' }] });
  });

  test.each<[string, string]>([
    ['volumes', 'name'],
    ['imagePullSecrets', 'name'],
    ['initContainers', 'name'],
    ['ephemeralContainers', 'name'],
    ['hostAliases', 'ip'],
  ])('%s by %s', (list, key) => {
    expect(mergedPod({ [list]: [{ [key]: 'x', old: 1 }, { [key]: 'y' }] }, { [list]: [{ [key]: 'x', new: 2 }] })).toEqual({
      [list]: [{ [key]: 'x', old: 1, new: 2 }, { [key]: 'y' }],
    });
  });

  test.each<[string, string]>([
    ['env', 'name'],
    ['volumeMounts', 'mountPath'],
    ['volumeDevices', 'devicePath'],
  ])('%s of a container by %s', (list, key) => {
    const container = (items: Json[]) => ({ containers: [{ name: 'c', [list]: items }] });
    expect(mergedPod(container([{ [key]: 'x', old: 1 }]), container([{ [key]: 'y' }, { [key]: 'x', new: 2 }]))).toEqual(
      container([{ [key]: 'y' }, { [key]: 'x', old: 1, new: 2 }]),
    );
  });

  test('a marked item is deleted, also one that was not there', () => {
    expect(
      mergedPod(
        { containers: [{ name: 'a' }, { name: 'b' }] },
        {
          containers: [
            { name: 'a', $patch: 'delete' },
            { name: 'z', $patch: 'delete' },
          ],
        },
      ),
    ).toEqual({ containers: [{ name: 'b' }] });
  });

  test('a marker of its own replaces, or deletes, the list', () => {
    const pod = { containers: [{ name: 'a' }], volumes: [{ name: 'v' }] };
    const patch = { containers: [{ $patch: 'replace' }, { name: 'b' }], volumes: [{ $patch: 'delete' }] };
    expect(mergedPod(pod, patch)).toEqual({ containers: [{ name: 'b' }] });
  });

  test('a port is that of the same protocol; a patch without one means the port that has it', () => {
    const dns = [
      { port: 53, protocol: 'UDP', name: 'dns' },
      { port: 53, protocol: 'TCP', name: 'dns-tcp' },
    ];
    const merged = strategicMerge(service(dns), service([{ port: 53, protocol: 'TCP', targetPort: 5353 }]), 'patch.yaml');
    expect(merged?.spec).toEqual({
      ports: [
        // With two keys, kustomize takes out and puts back what the patch leaves alone: the order is that of the object again.
        { port: 53, protocol: 'UDP', name: 'dns' },
        { port: 53, protocol: 'TCP', name: 'dns-tcp', targetPort: 5353 },
      ],
    });
    expect(strategicMerge(service([{ port: 80, name: 'http' }]), service([{ port: 80, targetPort: 8080 }]), 'patch.yaml')?.spec).toEqual({
      ports: [{ port: 80, name: 'http', targetPort: 8080 }],
    });
  });

  test('finalizers are a set', () => {
    const withFinalizers = (...finalizers: string[]): JsonMap => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a', finalizers },
    });
    expect(strategicMerge(withFinalizers('a', 'b'), withFinalizers('c', 'b'), 'patch.yaml')?.metadata).toEqual({
      name: 'a',
      finalizers: ['c', 'b', 'a'],
    });
  });
});

describe('lists without merge keys are replaced whole', () => {
  test('by their names: args, tolerations', () => {
    expect(mergedPod({ tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'b' }] })).toEqual({ tolerations: [{ key: 'b' }] });
  });

  test('in custom resources, even where a list is called containers', () => {
    const custom = (names: readonly string[]): JsonMap => ({
      ...deployment({ containers: names.map((name) => ({ name })) }),
      apiVersion: 'example.com/v1',
    });
    expect(strategicMerge(custom(['a', 'b']), custom(['c']), 'patch.yaml')).toEqual(custom(['c']));
  });

  test('in kinds of another shape: the ports of a network policy', () => {
    const policy = (port: number): JsonMap => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'a' },
      spec: { ingress: [{ ports: [{ port }] }] },
    });
    expect(strategicMerge(policy(80), policy(443), 'patch.yaml')).toEqual(policy(443));
  });
});
