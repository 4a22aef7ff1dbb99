import type { Unstructured } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { encodedSecret } from './encoded-secret.ts';

const secret = (more: object): Unstructured => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, ...more });

test.each([
  [{ stringData: { a: 'ü' } }, { data: { a: 'w7w=' } }],
  [{ stringData: { a: 'new' }, data: { a: 'b2xk', b: 'Yg==' } }, { data: { a: 'bmV3', b: 'Yg==' } }],
  [{ data: { b: 'Yg==' } }, { data: { b: 'Yg==' } }],
  [{ stringData: { a: 1 } }, { stringData: { a: 1 } }],
  [
    { kind: 'ConfigMap', stringData: { a: 'x' } },
    { kind: 'ConfigMap', stringData: { a: 'x' } },
  ],
])('%j is applied as %j', (given, expected) => {
  expect(encodedSecret(secret(given))).toEqual(secret(expected));
});

test('a key of any name is a key', () => {
  expect(encodedSecret(secret({ stringData: JSON.parse('{"__proto__":"x"}') })).data).toEqual(JSON.parse('{"__proto__":"eA=="}'));
});
