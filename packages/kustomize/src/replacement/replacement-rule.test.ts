import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import type { JsonMap } from '../resource/resource.ts';
import { replacementEntry, replacementRule, replacementsIn } from './replacement-rule.ts';

const AT = 'kustomization.yaml: replacements[0]';
const targets = [{ select: {} }];
const anything = { group: '', version: '', kind: '', name: '', namespace: '' };
const noOptions = { delimiter: '', index: 0, create: false };

test('what is not said is the name', () => {
  expect(replacementRule({ source: { kind: 'Pod' }, targets }, AT)).toEqual({
    source: { ...anything, kind: 'Pod', fieldPath: 'metadata.name', options: noOptions },
    targets: [
      {
        select: { ...anything, labelSelector: '', annotationSelector: '' },
        reject: [],
        fieldPaths: ['metadata.name'],
        options: noOptions,
      },
    ],
    at: AT,
  });
});

test('everything can be said, an encoding to no effect', () => {
  const options = { delimiter: '/', index: -1, create: true, encoding: 'hex' };
  const rule = { SourceValue: '', targets: [{ select: { kind: 'a' }, reject: [{ labelSelector: 'a=b' }], fieldPaths: ['b'], options }] };
  const { source, targets: read } = replacementRule(rule, AT);
  expect(source).toEqual({ text: '' });
  expect(read).toMatchObject([
    { reject: [{ labelSelector: 'a=b' }], fieldPaths: ['b'], options: { delimiter: '/', index: -1, create: true } },
  ]);
});

describe('refused', () => {
  test.each<[string, JsonMap, RegExp]>([
    ['nothing to copy', { targets }, /needs source or sourceValue$/],
    ['two things to copy', { source: {}, sourceValue: '', targets }, /has both source and sourceValue$/],
    ['no target', { sourceValue: 'a' }, /needs at least one target$/],
    ['an empty list of targets', { sourceValue: 'a', targets: [] }, /needs at least one target$/],
    ['a target that selects nothing', { sourceValue: 'a', targets: [{}] }, /targets\[0\]: needs select$/],
    ['a number', { sourceValue: 5, targets }, /sourceValue must be a string$/],
    ['an index that is none', { sourceValue: 'a', targets: [{ select: {}, options: { index: '1' } }] }, /index must be a whole number$/],
    ['unknown fields', { sourceValue: 'a', targets: [{ select: { fieldPath: 'a' } }] }, /targets\[0\]\.select: unknown field 'fieldPath'$/],
    ['a path where there is none', { sourceValue: 'a', targets, path: 'a' }, /path must name a file in a kustomization$/],
  ])('%s', (_, rule, message) => {
    expect(() => replacementRule(rule, AT)).toThrow(BuildError);
    expect(() => replacementRule(rule, AT)).toThrow(message);
  });
});

describe('an entry', () => {
  test('is a replacement or the path of some', () => {
    expect(replacementEntry({ path: 'a.yaml' }, AT)).toEqual({ path: 'a.yaml' });
    expect(replacementEntry({ path: '', sourceValue: 'a', targets }, AT)).toMatchObject({ source: { text: 'a' } });
  });

  test('is not both', () => {
    expect(() => replacementEntry({ path: 'a.yaml', targets }, AT)).toThrow(`${AT}: has both a path and a replacement`);
  });
});

describe('a file', () => {
  test('holds one, or several', () => {
    expect(replacementsIn({ sourceValue: 'a', targets }, 'r.yaml')).toMatchObject([{ source: { text: 'a' }, at: 'r.yaml' }]);
    expect(replacementsIn([{ sourceValue: 'a', targets }], 'r.yaml')).toMatchObject([{ at: 'r.yaml[0]' }]);
  });

  test('may have numbers for texts, and fields that nobody knows', () => {
    const document = { sourceValue: 8080, more: 1, targets: [{ select: { name: true, more: 1 }, fieldPaths: [0] }] };
    expect(replacementsIn(document, 'r.yaml')).toMatchObject([
      { source: { text: '8080' }, targets: [{ select: { name: 'true' }, fieldPaths: ['0'] }] },
    ]);
  });

  test.each([undefined, null, 'text', [null]])('%j is none', (document) => {
    expect(() => replacementsIn(document, 'r.yaml')).toThrow(BuildError);
  });
});
