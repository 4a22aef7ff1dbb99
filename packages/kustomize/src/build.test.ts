import type { Unstructured } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { build } from './build.ts';
import { BuildError } from './build-error.ts';
import type { Overlay } from './kustomization/overlay.ts';
import { memoryTree } from './tree/memory-tree.ts';

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
const pod = (image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: "${image}"}]}\n`;
const built = (files: Readonly<Record<string, string>>, overlay: Overlay = {}, path = '.') =>
  build(memoryTree(files), path, { overlay, loadRestrictions: 'none' }).objects;

describe('the path', () => {
  const files = { 'apps/web/a.yaml': configMap('a'), 'b.yaml': configMap('b') };

  test.each(['apps/web', './apps/web', '/apps/web', 'apps/web/', './apps//web', 'apps/x/../web'])('%s', (path) => {
    expect(built(files, {}, path).map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  test.each(['', '.', './', '/'])('%j is the whole source', (path) => {
    expect(built(files, {}, path).map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });

  test.each(['nowhere', 'b.yaml', '..', '../x', 'apps/../../x'])('%s is an error', (path) => {
    expect(() => built(files, {}, path)).toThrow(BuildError);
  });
});

test('nothing to build is an error: an emptied directory must not delete what is in the cluster', () => {
  expect(() => built({ 'README.md': '' })).toThrow(/the kustomization is empty/);
  expect(() => built({ 'kustomization.yaml': 'kind: Kustomization\n' })).toThrow(/the kustomization is empty/);
});

describe('the overlay', () => {
  test('its prefix, suffix and namespace take the place of those of the file', () => {
    const files = {
      'kustomization.yaml': 'namePrefix: f-\nnameSuffix: -f\nnamespace: file\nresources: [a.yaml]\n',
      'a.yaml': configMap('a'),
    };
    expect(built(files, { namePrefix: 'o-', nameSuffix: '-o', targetNamespace: 'overlay' })[0]?.metadata).toEqual({
      name: 'o-a-o',
      namespace: 'overlay',
    });
    expect(built(files)[0]?.metadata).toEqual({ name: 'f-a-f', namespace: 'file' });
  });

  test('works on a directory without a kustomization too', () => {
    expect(built({ 'a.yaml': configMap('a') }, { namePrefix: 'o-' })[0]?.metadata.name).toBe('o-a');
  });

  test('its patches come after those of the file', () => {
    const patch = (value: string) => `[{"op": "add", "path": "/data", "value": {"by": "${value}"}}]`;
    const files = {
      'kustomization.yaml': `resources: [a.yaml]\npatches: [{target: {kind: ConfigMap}, patch: '${patch('file')}'}]\n`,
      'a.yaml': configMap('a'),
    };
    expect(built(files, { patches: [{ patch: patch('overlay'), target: { kind: 'ConfigMap' } }] })[0]).toMatchObject({
      data: { by: 'overlay' },
    });
  });

  test('its images change rules for the same name field by field, tag and digest being one', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const file = (rule: string) => ({
      'kustomization.yaml': `resources: [a.yaml]\nimages: [{name: one, ${rule}}]\n`,
      'a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: one}]}\n',
    });
    const cases = [
      ['newTag: "1"', { newName: 'two' }, 'two:1'],
      ['newName: two', { newTag: '9' }, 'two:9'],
      [`digest: "${digest}"`, { newTag: '9' }, 'one:9'],
      ['newTag: "1"', { digest }, `one@${digest}`],
    ] as const;
    for (const [rule, over, image] of cases)
      expect(built(file(rule), { images: [{ name: 'one', ...over }] })[0]).toMatchObject({ spec: { containers: [{ image }] } });
  });

  test('its images stand where the rules for the same name stood', () => {
    const files = {
      'kustomization.yaml': 'resources: [a.yaml]\nimages: [{name: one, newName: two}, {name: two, newTag: "2"}]\n',
      'a.yaml': pod('one:1'),
    };
    expect(built(files)[0]).toMatchObject({ spec: { containers: [{ image: 'two:2' }] } });
    expect(built(files, { images: [{ name: 'one', newName: 'three' }] })[0]).toMatchObject({
      spec: { containers: [{ image: 'three:1' }] },
    });
    expect(built(files, { images: [{ name: 'two', newTag: '9' }] })[0]).toMatchObject({ spec: { containers: [{ image: 'two:9' }] } });
  });

  test('common metadata are set on the objects alone, over what the build has made', () => {
    const deployment =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: {a: old, b: kept}}\nspec: {template: {metadata: {labels: {a: old}}}}\n';
    const files = { 'kustomization.yaml': 'resources: [a.yaml]\ncommonAnnotations: {c: file}\n', 'a.yaml': deployment };
    expect(built(files, { commonMetadata: { labels: { a: 'new' }, annotations: { c: 'overlay' } } })[0]).toMatchObject({
      metadata: { labels: { a: 'new', b: 'kept' }, annotations: { c: 'overlay' } },
      spec: { template: { metadata: { labels: { a: 'old' }, annotations: { c: 'file' } } } },
    });
  });

  describe('components', () => {
    const component = (by: string) =>
      `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{target: {kind: ConfigMap}, patch: '[{"op": "add", "path": "/data", "value": {"by": "${by}"}}]'}]\n`;
    const files = {
      'app/kustomization.yaml': 'resources: [a.yaml]\ncomponents: [../own]\n',
      'app/a.yaml': configMap('a'),
      'own/kustomization.yaml': component('file'),
      'more/kustomization.yaml': component('overlay'),
      'plain/b.yaml': configMap('b'),
    };

    test('come after those of the file, and work on a directory without one too', () => {
      expect(built(files, {}, 'app')).toMatchObject([{ data: { by: 'file' } }]);
      expect(built(files, { components: ['../more'] }, 'app')).toMatchObject([{ data: { by: 'overlay' } }]);
      expect(built(files, { components: ['../own'] }, 'plain')).toMatchObject([{ metadata: { name: 'b' }, data: { by: 'file' } }]);
    });

    test('that are not there are an error, unless they may be missing', () => {
      expect(() => built(files, { components: ['../more', '../none'] }, 'app')).toThrow(
        new BuildError("spec.components[1]: there is no directory '../none'"),
      );
      const components = ['../none', '../more'];
      expect(built(files, { components, ignoreMissingComponents: true }, 'app')).toMatchObject([{ data: { by: 'overlay' } }]);
    });

    test.each(['https://example.com/c', 'github.com/a/b', 'git@github.com:a/b', '/more'])('are never looked for elsewhere: %s', (path) => {
      for (const ignoreMissingComponents of [true, false])
        expect(() => built(files, { components: [path], ignoreMissingComponents }, 'app')).toThrow(
          new BuildError(`spec.components[0]: component path '${path}' must be local and relative`),
        );
    });

    test('do not leave the source', () => {
      expect(() => built(files, { components: ['../../x'], ignoreMissingComponents: true }, 'app')).toThrow(/not in or below the root/);
    });
  });

  test('its build metadata take the place of those of the file', () => {
    const files = { 'kustomization.yaml': 'resources: [a.yaml]\nbuildMetadata: [managedByLabel]\n', 'a.yaml': configMap('a') };
    const origin = { 'config.kubernetes.io/origin': 'path: a.yaml\n' };
    expect(built(files, { buildMetadata: ['originAnnotations'] })[0]?.metadata).toEqual({ name: 'a', annotations: origin });
    expect(built(files, { buildMetadata: [] })[0]?.metadata.labels).toBeDefined();
    expect(built({ 'a.yaml': configMap('a') }, { buildMetadata: ['originAnnotations'] })[0]?.metadata.annotations).toEqual(origin);
  });

  test('a file without resources says where its objects come from, as Flux makes it, unless the overlay says otherwise', () => {
    const files = { 'kustomization.yaml': 'configMapGenerator: [{name: g, literals: [a=b], options: {disableNameSuffixHash: true}}]\n' };
    const annotations = {
      'config.kubernetes.io/origin': 'configuredIn: kustomization.yaml\nconfiguredBy:\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n',
    };
    expect(built(files)[0]?.metadata).toEqual({ name: 'g', annotations });
    expect(built(files, { buildMetadata: ['transformerAnnotations'] })[0]?.metadata).toEqual({ name: 'g' });
    expect(build(memoryTree(files), '.').objects[0]?.metadata).toEqual({ name: 'g' });
  });

  test('common metadata come after whatever else is done with the objects', () => {
    const tree = memoryTree({ 'a.yaml': configMap('a') });
    const edit = (objects: readonly Unstructured[]) =>
      objects.map((object) => ({ ...object, metadata: { name: 'b', labels: { a: 'x' } } }));
    const overlay = { commonMetadata: { labels: { a: 'y' } } };
    expect(build(tree, '', { overlay, edit }).objects).toMatchObject([{ metadata: { name: 'b', labels: { a: 'y' } } }]);
  });

  test('its mistakes are told from those of the file', () => {
    const files = { 'a.yaml': configMap('a') };
    expect(() => built(files, { patches: [{ patch: '' }] })).toThrow(/^spec\.patches\[0\]: /);
    expect(() => built(files, { patches: [{ patch: 'a: [', target: { kind: 'ConfigMap' } }] })).toThrow(
      /^spec\.patches\[0\]:\d+:\d+: invalid YAML/,
    );
    expect(() => built(files, { images: [{ name: '' }] })).toThrow(/^spec\.images\[0\]: name is required/);
  });
});

describe('annotations', () => {
  const annotated = (value: string) => {
    const [object] = built({ 'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    v: ${value}\n` });
    return object?.metadata.annotations;
  };

  test.each(['1.10', 'true', '0777', '1e3', '2001-01-01', '1_000', '~', 'yes'])('%s stays as it is written', (text) => {
    expect(annotated(text)).toEqual({ v: text });
  });

  test('also in a list, and in a patch', () => {
    const files = {
      'kustomization.yaml': 'resources: [a.yaml]\npatches: [{path: p.yaml}]\n',
      'a.yaml': 'kind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {v: 1.10}}}]\n',
      'p.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {w: 2.20}}\n',
    };
    expect(built(files)[0]?.metadata.annotations).toEqual({ v: '1.10', w: '2.20' });
  });

  test('what operations set is text too, and no annotations are none', () => {
    const patches = [{ target: { kind: 'ConfigMap' }, patch: '[{"op": "add", "path": "/metadata/annotations", "value": {"v": 5}}]' }];
    expect(built({ 'a.yaml': configMap('a') }, { patches })[0]?.metadata.annotations).toEqual({ v: '5' });
    expect(built({ 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {}}\n' })[0]?.metadata).toEqual({
      name: 'a',
    });
  });
});

test('objects that are only there for the build are left out', () => {
  const local = (value: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: l${value}, annotations: {config.kubernetes.io/local-config: "${value}"}}\n`;
  expect(built({ 'a.yaml': [local('true'), local('false'), configMap('a')].join('---\n') }).map(({ metadata }) => metadata.name)).toEqual([
    'lfalse',
    'a',
  ]);
});

test('the result depends on nothing but the content of the tree', () => {
  const files = { 'b.yaml': configMap('b'), 'a/c.yaml': configMap('c'), 'a.yaml': configMap('a') };
  const reversed = Object.fromEntries(Object.entries(files).reverse());
  expect(JSON.stringify(built(reversed))).toBe(JSON.stringify(built(files)));
  expect(built(files).map(({ metadata }) => metadata.name)).toEqual(['c', 'a', 'b']);
});

test('the files that were read are told, and only those', () => {
  const files = {
    'app/kustomization.yaml': 'resources: [../base, a.yaml]\npatches: [{path: p.yaml, target: {kind: X}}]\n',
    'app/a.yaml': configMap('a'),
    'app/p.yaml': '[]',
    'app/unused.yaml': configMap('unused'),
    'base/kustomization.yaml': 'resources: [b.yaml]\n',
    'base/b.yaml': configMap('b'),
  };
  expect(build(memoryTree(files), 'app').filesRead).toEqual([
    'app/a.yaml',
    'app/kustomization.yaml',
    'app/p.yaml',
    'base/b.yaml',
    'base/kustomization.yaml',
  ]);
});

test('parts of a manifest that are one alias are changed apart', () => {
  const text =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: &d {k: v}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: &m {name: web, labels: &l {a: b}}\nspec: {selector: {matchLabels: *l}, template: {metadata: {labels: *l}}}\n';
  const files = { 'kustomization.yaml': 'resources: [a.yaml]\nlabels: [{pairs: {c: d}}]\n', 'a.yaml': text };
  expect(built(files)[1]).toMatchObject({ metadata: { labels: { a: 'b', c: 'd' } }, spec: { selector: { matchLabels: { a: 'b' } } } });
  expect(built(files)[1]?.spec).toEqual({ selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } } } });
});

test('the work grows with the tree: every manifest is read and parsed once', () => {
  const files = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`m${n}.yaml`, configMap(`m${n}`)]));
  const reads = new Map<string, number>();
  const { read, list } = memoryTree(files);
  const counting = {
    list,
    read: (path: string) => {
      reads.set(path, (reads.get(path) ?? 0) + 1);
      return read(path);
    },
  };
  expect(build(counting, '.', { overlay: {} }).objects).toHaveLength(500);
  expect(new Set(Object.keys(files).map((path) => reads.get(path)))).toEqual(new Set([1]));
});
