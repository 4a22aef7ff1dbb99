import { ApiError, NoMatch } from '@gotk/kube';
import { expect, test } from 'vitest';
import { explain, SetRefused } from './errors.ts';

const configMap = { namespace: 'a', name: 'b', group: '', version: 'v1', kind: 'ConfigMap' };
const secret = { ...configMap, kind: 'Secret' };

test.each([
  [403, 'Forbidden', 'dry-run failed (Forbidden): no'],
  [404, 'NotFound', 'not found: no'],
  [409, 'Conflict', 'dry-run failed (Conflict): no'],
  [422, 'Invalid', 'dry-run failed (Invalid): no'],
  [500, '', 'dry-run failed: no'],
] as const)('a refusal with %d reads as upstream has it', (status, reason, text) => {
  expect(explain(new ApiError('no', { status, reason }), configMap, 'dry-run')).toBe(text);
});

test('of a Secret only field and kind of refusal are shown: the server quotes values', () => {
  const error = new ApiError('illegal base64 data: "CANARY"', {
    status: 422,
    reason: 'Invalid',
    causes: [
      { field: 'data[password]', reason: 'FieldValueInvalid', message: 'Invalid value: "CANARY"' },
      { field: 'data', reason: 'FieldValueForbidden', message: 'Forbidden: field is immutable when `immutable` is set' },
    ],
  });
  expect(explain(error, secret, 'apply')).toBe(
    'apply failed (Invalid): data[password]: FieldValueInvalid, data: Forbidden: field is immutable when `immutable` is set',
  );
});

test('of a Secret, a right that is missing is named, and a denial that a webhook wrote is not quoted', () => {
  const denial = (message: string) => explain(new ApiError(message, { status: 403, reason: 'Forbidden' }), secret, 'apply');
  expect(
    denial(
      'secrets "b" is forbidden: User "system:serviceaccount:a:x" cannot patch resource "secrets" in API group "" in the namespace "a"',
    ),
  ).toBe('apply failed (Forbidden): the account that is acted as cannot patch secrets there');
  expect(denial('admission webhook "w" denied the request: CANARY')).toBe('apply failed (Forbidden): Forbidden');
});

test('a kind that is not served asks for its CRD', () => {
  expect(explain(new NoMatch({ group: 'x.io', version: 'v1', kind: 'Y' }), configMap, 'apply')).toContain('is its CRD installed?');
});

test('of many refusals ten are shown, and how many more there are', () => {
  const refusals = Array.from({ length: 13 }, (_, index) => ({ object: { ...configMap, name: `c${index}` }, message: 'invalid' }));
  const lines = new SetRefused(refusals).message.split('\n');
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toBe('and 3 more');
});
