import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { type BuildResource, type JsonMap, newResource } from '../resource/resource.ts';
import { applyReplacements } from './apply-replacements.ts';
import { replacementRule } from './replacement-rule.ts';

const config = (name: string, data: JsonMap, metadata: JsonMap = {}): JsonMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

const resourceOf = (object: JsonMap, past: BuildResource['past'] = []): BuildResource => ({ ...newResource(object, 'a.yaml'), past });

function replace(resources: readonly BuildResource[], ...rules: readonly JsonMap[]): readonly JsonMap[] {
  applyReplacements(
    resources,
    rules.map((rule, index) => replacementRule(rule, `kustomization.yaml: replacements[${index}]`)),
  );
  return resources.map(({ object }) => object);
}

/** What becomes of the field `t` of an object that has it, with the text `value`. */
function after(t: JsonMap[string], value: string, options: JsonMap = {}): unknown {
  const target = { select: {}, fieldPaths: ['data.t'], options };
  return replace([resourceOf(config('a', { t }))], { sourceValue: value, targets: [target] })[0]?.data;
}

describe('part of a text', () => {
  test.each<[number, string]>([
    [0, 'X/b/c'],
    [1, 'a/X/c'],
    [-1, 'X/a/b/c'],
    [3, 'a/b/c/X'],
  ])('%i', (index, expected) => {
    expect(after('a/b/c', 'X', { delimiter: '/', index })).toEqual({ t: expected });
  });

  test('is no part of a list', () => {
    expect(() => after([], 'X', { delimiter: '/' })).toThrow(BuildError);
  });
});

test('each target has a copy of its own', () => {
  const resources = [
    resourceOf(config('a', { map: { x: [1] } })),
    resourceOf(config('b', { map: {} })),
    resourceOf(config('c', { map: {} })),
  ];
  const [, b, c] = replace(
    resources,
    { source: { name: 'a', fieldPath: 'data.map' }, targets: [{ select: { name: 'b|c' }, fieldPaths: ['data.map'] }] },
    { sourceValue: '2', targets: [{ select: { name: 'b' }, fieldPaths: ['data.map.x.0'] }] },
  );
  expect([b?.data, c?.data]).toEqual([{ map: { x: [2] } }, { map: { x: [1] } }]);
});

test('an annotation is a text, whatever it looks like', () => {
  const target = { select: {}, fieldPaths: ['metadata.annotations.v', 'data.v'], options: { create: true } };
  const [object] = replace([resourceOf(config('a', {}))], { sourceValue: '1.10', targets: [target] });
  expect(object).toMatchObject({ metadata: { annotations: { v: '1.10' } }, data: { v: 1.1 } });
});

test.each(['kind', 'metadata.name'])('an object keeps a %s', (path) => {
  const targets = [{ select: {}, fieldPaths: [path] }];
  expect(() => replace([resourceOf(config('a', {}))], { sourceValue: '', targets })).toThrow(`missing ${path}`);
});

test('an object that nothing selects is not touched', () => {
  const object = config('a', {});
  const resource = resourceOf(object);
  replace([resource], { sourceValue: 'x', targets: [{ select: { kind: 'Pod' } }] });
  expect(resource.object).toBe(object);
});

describe('what is selected', () => {
  const past = [{ kind: 'ConfigMap', name: 'old', namespace: 'default' }];
  const selected = (target: JsonMap): readonly unknown[] => {
    const resources = [
      resourceOf(config('a', { t: '' }, { labels: { app: 'x' }, annotations: { team: 'x' }, namespace: 'n' }), past),
      resourceOf(config('b', { t: '' })),
      resourceOf({ apiVersion: 'g/v2', kind: 'Node', metadata: { name: 'c' }, data: { t: '' } }, [
        { kind: 'Node', name: 'c', namespace: '' },
      ]),
    ];
    return replace(resources, { sourceValue: 'x', targets: [{ fieldPaths: ['data.t'], ...target }] }).flatMap(({ data, metadata }) =>
      (data as JsonMap).t === 'x' ? [(metadata as JsonMap).name] : [],
    );
  };

  test.each<[JsonMap, readonly string[]]>([
    [{ select: {} }, ['a', 'b', 'c']],
    [{ select: { name: 'a|c' } }, ['a', 'c']],
    [{ select: { kind: 'Config' } }, []],
    [{ select: { group: 'g', version: 'v.' } }, ['c']],
    [{ select: { name: 'old' } }, ['a']],
    [{ select: { namespace: 'default' } }, ['a']],
    [{ select: { namespace: 'n', name: 'old' } }, []],
    [{ select: { namespace: '_non_namespaceable_' } }, ['c']],
    [{ select: { labelSelector: 'app=x' } }, ['a']],
    [{ select: { annotationSelector: 'team!=x' } }, ['b', 'c']],
    [{ select: {}, reject: [{}] }, ['a', 'b', 'c']],
    [{ select: {}, reject: [{ name: 'old' }, { kind: 'Node' }] }, ['b']],
    [{ select: {}, reject: [{ name: 'b', labelSelector: 'app' }] }, ['c']],
  ])('%j: %j', (target, names) => {
    expect(selected(target)).toEqual(names);
  });
});

describe('a source is one object', () => {
  const resources = () => [
    resourceOf(config('a', { t: '1' }), [{ kind: 'ConfigMap', name: 'old', namespace: 'default' }]),
    resourceOf(config('b', { t: '2' }, { namespace: 'n' })),
  ];
  const copied = (source: JsonMap) =>
    replace(resources(), { source: { fieldPath: 'data.t', ...source }, targets: [{ select: { name: 'a' }, fieldPaths: ['data.t'] }] })[0];

  test.each<[JsonMap, string]>([
    [{ name: 'b' }, '2'],
    [{ name: 'old' }, '1'],
    [{ namespace: 'default' }, '1'],
    [{ namespace: 'n' }, '2'],
  ])('%j', (source, t) => {
    expect(copied(source)).toMatchObject({ data: { t } });
  });

  test.each<[JsonMap, string]>([
    [{}, 'kustomization.yaml: replacements[0].source: may be ConfigMap/a or ConfigMap/n/b'],
    [{ name: '[ab]' }, 'kustomization.yaml: replacements[0].source: there is no such object'],
    [
      { name: 'b', fieldPath: 'data.u' },
      "kustomization.yaml: replacements[0].source: field 'data.u' of ConfigMap/n/b: it is missing or empty",
    ],
  ])('%j fails', (source, message) => {
    expect(() => copied(source)).toThrow(new BuildError(message));
  });
});

describe('a text that is a document', () => {
  test.each<[string, string, JsonMap, string]>([
    ['{"t": 1, "a": "<"}', '8080', {}, '{"a":"\\u003c","t":8080}'],
    ['{\n  "t": 1\n}\n', '2', {}, '{\n  "t": 2\n}'],
    ['# c\nt: 1 # d\n', '2', {}, '# c\nt: 2 # d'],
    ['a: 1\n# end\n', 'x', { create: true }, 'a: 1\n# end\n\nt: x'],
    ['t: 1', 'x', {}, 't: !!int x'],
    // A number in JSON cannot be a text, and is left alone.
    ['{"t": 1}', 'x', {}, '{"t": 1}'],
    ['t: a/b', 'x', { delimiter: '/', index: 1 }, 't: a/x'],
    ['t: 1\n---\nu: 2\n', '2', {}, 't: 2'],
  ])('%j with %j', (text, value, ...[options, expected]) => {
    const target = { select: {}, fieldPaths: ['data.file.t'], options };
    const [object] = replace([resourceOf(config('a', { file: text }))], { sourceValue: value, targets: [target] });
    expect(object).toMatchObject({ data: { file: expected } });
  });
});

describe('a text that does not fit', () => {
  test('is an error that does not show it', () => {
    expect(() => after(5, 'secret')).toThrow(new BuildError('a.yaml: ConfigMap/a, as the replacements left it: the text is no int'));
  });

  test('may be put right by the next replacement', () => {
    const targets = [{ select: {}, fieldPaths: ['data.t'] }];
    expect(replace([resourceOf(config('a', { t: 5 }))], { sourceValue: 'x', targets }, { sourceValue: '6', targets })).toMatchObject([
      { data: { t: 6 } },
    ]);
  });
});

describe('what is made to grow without end is refused in time', () => {
  test.each<[string, JsonMap]>([
    ['texts', { options: { delimiter: '-', index: 9 }, fieldPaths: ['data.t'] }],
    ['objects', { options: { create: true }, fieldPaths: ['data.self'] }],
  ])('%s', (_, target) => {
    const fieldPath = target.fieldPaths?.toString() === 'data.t' ? 'data.t' : 'data';
    const rule = { source: { fieldPath }, targets: [{ select: {}, ...target }] };
    const spentMs = startCpuTime();
    expect(() => replace([resourceOf(config('a', { t: 'text' }))], ...new Array(1_000).fill(rule))).toThrow(BuildError);
    expect(spentMs()).toBeLessThan(10_000);
  });
});
