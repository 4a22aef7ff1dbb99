import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import type { Json, JsonMap } from '../resource/resource.ts';
import { builtinSchemas } from '../schema/builtin-schemas.ts';
import { strategicMerge } from './strategic-merge.ts';

const deployment = (pod: JsonMap): JsonMap => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { spec: pod } },
});
const service = (ports: Json[]): JsonMap => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports } });

const options = { schemas: builtinSchemas, at: 'patch.yaml' };

function mergedPod(pod: JsonMap, patch: JsonMap): unknown {
  const merged = strategicMerge(deployment(pod), deployment(patch), options);
  return (merged as { spec: { template: { spec: unknown } } }).spec.template.spec;
}

function changeAll(value: Json): void {
  if (Array.isArray(value)) {
    for (const item of value) changeAll(item);
    value.push('changed');
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) changeAll(item);
    value.changed = true;
  }
}

const plain = fc.oneof(fc.integer(), fc.boolean(), fc.constantFrom('a', 'b', '1', ''));
const fields = (more: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<JsonMap> =>
  fc.record(
    { v: plain, list: fc.array(plain, { maxLength: 3 }), map: fc.dictionary(fc.constantFrom('x', 'y'), plain), ...more },
    { requiredKeys: [] },
  );
const listBy = (keys: Record<string, fc.Arbitrary<Json>>, more: Record<string, fc.Arbitrary<Json>> = {}): fc.Arbitrary<JsonMap[]> =>
  fc.uniqueArray(
    fc.tuple(fc.record(keys), fields(more)).map(([key, rest]) => ({ ...rest, ...key })),
    {
      maxLength: 4,
      selector: (item) =>
        Object.keys(keys)
          .map((key) => String(item[key]))
          .join(),
    },
  );
const container = listBy(
  { name: fc.constantFrom('a', 'b', 'c', 'd') },
  {
    env: listBy({ name: fc.constantFrom('A', 'B', 'C') }),
    ports: listBy({ containerPort: fc.constantFrom(80, 81), protocol: fc.constantFrom('TCP', 'UDP') }),
  },
);
const pod = fields({
  containers: container,
  volumes: listBy({ name: fc.constantFrom('v', 'w') }),
  tolerations: fc.array(fields({}), { maxLength: 2 }),
});

describe('of an object whose items have their keys,', () => {
  test('the merge with itself is the object', () => {
    fc.assert(
      fc.property(pod, (spec) => {
        expect(strategicMerge(deployment(spec), deployment(structuredClone(spec)), options)).toEqual(deployment(spec));
      }),
    );
  });

  test('the merge with nothing is the object', () => {
    fc.assert(
      fc.property(pod, (spec) => {
        expect(strategicMerge(deployment(spec), {}, options)).toEqual(deployment(spec));
      }),
    );
  });

  test('the merge with a patch is the same when the patch is merged again', () => {
    fc.assert(
      fc.property(pod, pod, (spec, patch) => {
        const once = mergedPod(spec, patch) as JsonMap;
        expect(mergedPod(structuredClone(once), patch)).toEqual(once);
      }),
    );
  });
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
    expect(strategicMerge(deployment({}), { ...deployment({}), $patch: 'delete' }, options)).toBeUndefined();
  });

  test('a directive at the top that asks to replace leaves the object as it is', () => {
    const target = deployment({ a: 1 });
    expect(strategicMerge(target, { ...deployment({ b: 1 }), $patch: 'replace' }, options)).toEqual(target);
  });

  test('a directive that nobody knows is an error, but a field of a map that was not there', () => {
    expect(() => mergedPod({ a: {} }, { a: { $patch: 'obliterate' } })).toThrow(BuildError);
    expect(mergedPod({}, { a: { $patch: 'obliterate' } })).toEqual({ a: { $patch: 'obliterate' } });
    expect(() => mergedPod({}, { a: { b: { $patch: 'obliterate' } } })).toThrow(BuildError);
  });

  test('a map that was not there has none of its directives and nulls', () => {
    expect(mergedPod({}, { a: { $patch: 'merge', b: null, c: { $patch: 'delete' }, d: { $patch: 'replace', e: 1 } } })).toEqual({
      a: { d: { e: 1 } },
    });
  });

  test.each(['$setElementOrder/containers', '$retainKeys', '$deleteFromPrimitiveList/finalizers'])(
    '%s is a field like any other',
    (field) => {
      expect(mergedPod({ [field]: ['a'] }, { [field]: ['b'] })).toEqual({ [field]: ['b'] });
    },
  );

  test('a number for a text that is only text in quotes is text too; for other text, and in its own place, it is a number', () => {
    const [before, patch] = [
      { a: '8080', b: 'true', c: '', d: 'text', e: 1, f: 'null' },
      { a: 9090, b: false, c: 0, d: 2, e: 2.5, f: 'x', g: 1 },
    ];
    expect(mergedPod(before, patch)).toEqual({ a: '9090', b: 'false', c: '0', d: 2, e: 2.5, f: 'x', g: 1 });
  });

  test('a map for a list, or for a plain value, is an error that names the field', () => {
    expect(() => mergedPod({ containers: [] }, { containers: {} })).toThrow(
      /\/spec\/template\/spec\/containers is a map in the patch, and a list/,
    );
    expect(() => mergedPod({ a: 'text' }, { a: { b: 1 } })).toThrow(/is a map in the patch, and a value/);
  });

  test('neither argument is changed, and the patch is not shared with the result', () => {
    const [target, patch] = [
      deployment({ tolerations: [{ key: 'a' }] }),
      deployment({ tolerations: [{ key: 'b' }], containers: [{ name: 'c', args: [{ d: 1 }] }], map: { e: [{ f: 1 }] } }),
    ];
    const before = structuredClone([target, patch]);
    changeAll(strategicMerge(target, patch, options) ?? null);
    expect(patch).toEqual(before[1]);
    expect(strategicMerge(structuredClone(before[0] as JsonMap), patch, options)).toEqual(
      strategicMerge(before[0] as JsonMap, patch, options),
    );
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
    const merged = strategicMerge(service(dns), service([{ port: 53, protocol: 'TCP', targetPort: 5353 }]), {
      schemas: builtinSchemas,
      at: 'patch.yaml',
    });
    expect(merged?.spec).toEqual({
      ports: [
        // With two keys, kustomize takes out and puts back what the patch leaves alone: the order is that of the object again.
        { port: 53, protocol: 'UDP', name: 'dns' },
        { port: 53, protocol: 'TCP', name: 'dns-tcp', targetPort: 5353 },
      ],
    });
    expect(
      strategicMerge(service([{ port: 80, name: 'http' }]), service([{ port: 80, targetPort: 8080 }]), {
        schemas: builtinSchemas,
        at: 'patch.yaml',
      })?.spec,
    ).toEqual({
      ports: [{ port: 80, name: 'http', targetPort: 8080 }],
    });
  });

  test('finalizers are a set', () => {
    const withFinalizers = (...finalizers: string[]): JsonMap => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a', finalizers },
    });
    expect(strategicMerge(withFinalizers('a', 'b'), withFinalizers('c', 'b'), options)?.metadata).toEqual({
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
    expect(strategicMerge(custom(['a', 'b']), custom(['c']), options)).toEqual(custom(['c']));
  });

  test('in kinds of another shape: the ports of a network policy', () => {
    const policy = (port: number): JsonMap => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'a' },
      spec: { ingress: [{ ports: [{ port }] }] },
    });
    expect(strategicMerge(policy(80), policy(443), options)).toEqual(policy(443));
  });
});
