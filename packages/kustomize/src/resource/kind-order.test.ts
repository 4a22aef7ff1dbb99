import { compareText, LEGACY_ORDER, ranksOf } from '@gotk/apimachinery';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKinds, textOf } from './kind-order.ts';

test('the first kinds are in their order, then all others, then the last ones', () => {
  const kinds = ['ValidatingWebhookConfiguration', 'Toy', 'Deployment', 'MutatingWebhookConfiguration', 'Pod', 'Namespace', 'ConfigMap'];
  expect(
    kinds
      .map((kind) => ({ kind }))
      .toSorted(compareKinds)
      .map(({ kind }) => kind),
  ).toEqual(['Namespace', 'ConfigMap', 'Deployment', 'Pod', 'Toy', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']);
});

test('within a kind, group and version decide; what has none comes behind all that has', () => {
  const versions = [{}, { version: 'v1' }, { group: 'b' }, { group: 'a', version: 'v2' }, { group: 'a', version: 'v1' }];
  expect(
    versions
      .map((each) => ({ ...each, kind: 'Toy' }))
      .toSorted(compareKinds)
      .map(textOf),
  ).toEqual(['a_v1_Toy', 'a_v2_Toy', 'b_~V_Toy', '~G_v1_Toy', '~G_~V_Toy']);
  expect(textOf({ group: '', version: '', kind: '' })).toBe('~G_~V_~K');
});

test('ranks are below zero for the first kinds and above for the last', () => {
  const ranks = ranksOf({ first: ['A', 'B'], last: ['Y', 'Z'] });
  expect(['A', 'B', 'M', 'Y', 'Z'].map((kind) => ranks.get(kind))).toEqual([-2, -1, undefined, 1, 2]);
});

test('is an order: nothing is before what is before it, or itself', () => {
  const kind = fc.record({
    group: fc.constantFrom('', 'apps', '~G'),
    version: fc.constantFrom('', 'v1'),
    kind: fc.constantFrom(...LEGACY_ORDER.first, ...LEGACY_ORDER.last, 'Toy', ''),
  });
  fc.assert(
    fc.property(kind, kind, (a, b) => {
      expect(Math.sign(compareKinds(a, b)) + Math.sign(compareKinds(b, a))).toBe(0);
      expect(compareKinds(a, a)).toBe(0);
    }),
  );
  expect(['b', 'B', 'a', 'é'].toSorted(compareText)).toEqual(['B', 'a', 'b', 'é']);
});
