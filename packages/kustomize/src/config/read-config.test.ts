import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import type { JsonMap } from '../resource/resource.ts';
import { readConfig } from './read-config.ts';
import { FIELD_SPEC_LISTS } from './transformer-config.ts';

const read = (content: JsonMap) => readConfig(content, 'c.yaml');

test.each(FIELD_SPEC_LISTS)('%s is a list of paths and the kinds that have them', (list) => {
  const rule = { path: '/spec/a\\/b', group: 'apps', version: 'v1', kind: 'Toy', create: true };
  expect(read({ [list]: [rule, { path: 'x', create: false }] })[list]).toEqual([
    { path: ['spec', 'a/b'], group: 'apps', version: 'v1', kind: 'Toy', create: true },
    { path: ['x'] },
  ]);
});

test('nameReference says who names objects of a kind, and where', () => {
  expect(
    read({ nameReference: [{ kind: 'Toy', version: 'v1', fieldSpecs: [{ kind: 'Box', path: 'spec/toys' }] }, { kind: 'Box' }] }),
  ).toMatchObject({
    nameReference: [
      { kind: 'Toy', version: 'v1', fields: [{ kind: 'Box', path: ['spec', 'toys'] }] },
      { kind: 'Box', fields: [] },
    ],
  });
});

test('what is for all kinds comes last, and names are told apart without regard to case', () => {
  const { images } = read({ IMAGES: [{ path: 'a', kind: 'Toy' }, { path: 'b' }, { path: 'c', kind: 'Namespace' }] });
  expect(images?.map(({ path }) => path)).toEqual([['c'], ['a'], ['b']]);
});

describe('what is not known, or of another type, is refused', () => {
  test.each<[JsonMap, string]>([
    [{ imagess: [] }, "c.yaml: unknown field 'imagess'"],
    [{ images: [{ paths: 'a' }] }, "c.yaml: images[0]: unknown field 'paths'"],
    [{ images: {} }, 'c.yaml: images must be a list of objects'],
    [{ images: [{ path: 1 }] }, 'c.yaml: images[0]: path must be a string'],
    [{ images: [{ create: 'yes' }] }, 'c.yaml: images[0]: create must be true or false'],
    [{ nameReference: [{ kind: 'Toy', path: 'a' }] }, "c.yaml: nameReference[0]: unknown field 'path'"],
    [{ nameReference: [{ fieldSpecs: [{ kinds: '' }] }] }, "c.yaml: nameReference[0]: fieldSpecs[0]: unknown field 'kinds'"],
  ])('%j', (content, message) => {
    expect(() => read(content)).toThrow(new BuildError(message));
  });
});
