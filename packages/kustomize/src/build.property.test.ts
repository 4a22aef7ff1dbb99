import fc from 'fast-check';
import { expect, test } from 'vitest';
import { build } from './build.ts';
import { memoryTree } from './tree/memory-tree.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const labels = fc.dictionary(name, name, { maxKeys: 3 });
const objects = fc.uniqueArray(
  fc.record({
    kind: fc.constantFrom('ConfigMap', 'Service', 'Deployment', 'Thing'),
    name,
    labels,
    namespace: fc.option(name, { nil: undefined }),
  }),
  { minLength: 1, maxLength: 6, selector: ({ kind, name: own }) => `${kind}/${own}` },
);
type Objects = typeof objects extends fc.Arbitrary<infer Value> ? Value : never;
const asked = fc.record(
  { namePrefix: name, nameSuffix: name, commonLabels: labels, commonAnnotations: labels, namespace: name },
  { requiredKeys: ['namePrefix'] },
);

const manifest = (all: Objects): string =>
  all
    .map(({ kind, name: own, labels: some, namespace }) =>
      JSON.stringify({
        apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
        kind,
        metadata: { name: own, labels: some, ...(namespace === undefined ? {} : { namespace }) },
      }),
    )
    .join('\n---\n');
const layered = (all: Objects, ...layers: readonly object[]) =>
  memoryTree({
    'l0/kustomization.yaml': '{"resources": ["all.yaml"]}',
    'l0/all.yaml': manifest(all),
    ...Object.fromEntries(
      layers.map((layer, index) => [`l${index + 1}/kustomization.yaml`, JSON.stringify({ resources: [`../l${index}`], ...layer })]),
    ),
  });
const built = (all: Objects, ...layers: readonly object[]) => build(layered(all, ...layers), `l${layers.length}`);

const holds = (law: (all: Objects, layer: object) => void) =>
  fc.assert(
    fc.property(objects, asked, (all, layer) => {
      law(all, layer);
    }),
  );

test('a build has one result', () => {
  holds((all, layer) => expect(built(all, layer)).toEqual(built(all, layer)));
});

test('an overlay that asks for nothing changes nothing', () => {
  holds((all, layer) => expect(built(all, layer, {}).objects).toEqual(built(all, layer).objects));
});

test('what the result depends on has been read', () => {
  const files = ['l0/all.yaml', 'l0/kustomization.yaml', 'l1/kustomization.yaml'];
  holds((all, layer) => expect(built(all, layer).filesRead).toEqual(files));
});

test('labels and prefixes may come in either order', () => {
  fc.assert(
    fc.property(objects, labels, name, (all, commonLabels, namePrefix) => {
      const expected = built(all, { namePrefix, commonLabels }).objects;
      expect(built(all, { namePrefix }, { commonLabels }).objects).toEqual(expected);
      expect(built(all, { commonLabels }, { namePrefix }).objects).toEqual(expected);
    }),
  );
});

test('prefixes of two overlays are one of both', () => {
  fc.assert(
    fc.property(objects, name, name, (all, inner, outer) => {
      const both = built(all, { namePrefix: `${outer}${inner}` }).objects;
      expect(built(all, { namePrefix: inner }, { namePrefix: outer }).objects).toEqual(both);
    }),
  );
});
