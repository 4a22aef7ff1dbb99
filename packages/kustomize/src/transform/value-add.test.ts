import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { FieldReader } from '../kustomization/field-reader.ts';
import { type BuildResource, type Json, type JsonMap, newResource } from '../resource/resource.ts';
import { Loader } from '../tree/loader.ts';
import { memoryTree } from '../tree/memory-tree.ts';
import { addValue } from './value-add.ts';

const resource = (content: JsonMap, name = 'web'): BuildResource =>
  newResource({ apiVersion: 'v1', kind: 'Toy', metadata: { name }, ...structuredClone(content) }, 'a.yaml');
function added(config: JsonMap, resources: readonly BuildResource[], files: Readonly<Record<string, string>> = {}): readonly JsonMap[] {
  const loader = Loader.at(memoryTree({ 'shop/k.yaml': '', ...files }), 'shop', { restrictions: 'root-only' });
  return addValue(new FieldReader(config, 't.yaml', 'lenient'), { loader, at: 't.yaml' })(resources).map(({ object }) => object);
}
const spec = (config: JsonMap, before: JsonMap = {}): Json | undefined =>
  added({ value: 'v', targets: [{ fieldPath: 'spec/x', ...config }] }, [resource({ spec: before })])[0]?.spec;

describe('a field', () => {
  test('is made with all that it is in, unless there is null', () => {
    expect(spec({ fieldPath: 'spec/a/b\\/c' })).toEqual({ a: { 'b/c': 'v' } });
    expect(spec({ fieldPath: 'spec/a/b' }, { a: null })).toEqual({ a: null });
    expect(spec({}, { x: null })).toEqual({ x: 'v' });
  });

  test('may be in an item of a list that is there', () => {
    const list = [{ name: 'a' }, { name: 'b' }];
    expect(spec({ fieldPath: 'spec/list/1/name' }, { list })).toEqual({ list: [{ name: 'a' }, { name: 'v' }] });
    expect(spec({ fieldPath: 'spec/list/[name=a]/x' }, { list })).toEqual({ list: [{ name: 'a', x: 'v' }, { name: 'b' }] });
    expect(() => spec({ fieldPath: 'spec/list/[name=c]/x' }, { list })).toThrow(
      new BuildError("t.yaml: targets[0]: field 'spec/list/[name=c]/x' of Toy/web: there is no item '[name=c]'"),
    );
  });

  test.each<[string, JsonMap]>([
    ['a map', { x: {} }],
    ['a list', { x: [] }],
  ])('must not be %s', (_, before) => {
    expect(() => spec({}, before)).toThrow("t.yaml: targets[0]: field 'spec/x' of Toy/web: it is not text");
  });
});

test.each<[string, Json, Json]>([
  ['5', 'abc', 5],
  ['true', 1, true],
  ['5', '12', '5'],
  ['yes', 'abc', 'yes'],
])('the value %s in the place of %j is %j: what had quotes keeps them', (value, before, after) => {
  expect(added({ value, targets: [{ fieldPath: 'spec' }] }, [resource({ spec: before })])[0]?.spec).toBe(after);
});

test.each<[string, number, string]>([
  ['a/b', 1, 'v/a/b'],
  ['a/b', 2, 'a/v/b'],
  ['a/b', 9, 'a/b/v'],
  ['/a', 1, '/v/a'],
  ['/', 3, '/v'],
  ['', 1, 'v'],
  ['a//b/', 3, 'a/v/b'],
  ['a/../b', 2, 'a/b'],
  ['..', 1, '.'],
])('into the path %j at %d: %j', (path, filePathPosition, after) => {
  expect(spec({ filePathPosition }, { x: path })).toEqual({ x: after });
});

describe('the value', () => {
  test('is the name of the directory when there is none', () => {
    expect(added({ targets: [{ fieldPath: 'spec' }] }, [resource({})])[0]?.spec).toBe('shop');
  });

  test('is a namespace where that is the field, and objects forget that they had another', () => {
    const web = resource({});
    const node = newResource({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }, 'a.yaml');
    const objects = added({ value: 'v', targets: [{ fieldPath: 'metadata/namespace' }] }, [web, node]);
    expect(objects.map(({ metadata }) => metadata)).toEqual([{ name: 'web', namespace: 'v' }, { name: 'n' }]);
    expect(web.past).toEqual([]);
  });
});

describe('targets', () => {
  const one = { fieldPath: 'spec/x' };

  test('are chosen by a selector, each by what the one before left', () => {
    const targets = [
      { ...one, fieldPath: 'metadata/labels/l', selector: { name: 'web' } },
      { ...one, selector: { labelSelector: 'l=v' } },
    ];
    expect(added({ value: 'v', targets }, [resource({}), resource({}, 'other')]).map((object) => object.spec)).toEqual([
      { x: 'v' },
      undefined,
    ]);
  });

  test('may also be in a file, which has to be within the directory', () => {
    const files = { 'shop/f.yaml': 'targets: [{fieldPath: spec/y}]', 'f.yaml': '', 'shop/empty.yaml': '' };
    const read = (targetFilePath: string, more: JsonMap = {}) =>
      added({ value: 'v', targetFilePath, ...more }, [resource({})], files)[0]?.spec;
    expect(read('f.yaml')).toEqual({ y: 'v' });
    expect(read('f.yaml', { targets: [one] })).toEqual({ x: 'v', y: 'v' });
    expect(() => read('../f.yaml')).toThrow("t.yaml.targetFilePath: '../f.yaml' is not in or below 'shop'");
    expect(() => read('missing.yaml')).toThrow("t.yaml.targetFilePath: there is no file 'missing.yaml'");
    expect(() => read('empty.yaml')).toThrow('t.yaml: needs targets');
  });

  test.each<[JsonMap, string]>([
    [{}, 't.yaml: needs targets'],
    [{ targets: [{}] }, 't.yaml: targets[0]: needs a fieldPath'],
    [{ targets: [{ ...one, filePathPosition: -1 }] }, 't.yaml: targets[0]: filePathPosition must not be negative'],
  ])('%j: %s', (config, message) => {
    expect(() => added(config, [])).toThrow(new BuildError(message));
  });
});
