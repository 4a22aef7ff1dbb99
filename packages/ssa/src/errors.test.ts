import { ApiError, NoMatch } from '@gotk/kube';
import { expect, test } from 'vitest';
import { explain, remarks, SetRefused } from './errors.ts';

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

test('of a Secret, that its namespace is going is said', () => {
  const error = new ApiError('secrets "b" is forbidden: unable to create new content in namespace a because it is being terminated', {
    status: 403,
    reason: 'Forbidden',
    causes: [{ field: 'metadata.namespace', reason: 'NamespaceTerminating', message: 'CANARY' }],
  });
  expect(explain(error, secret, 'apply')).toBe('apply failed (Forbidden): metadata.namespace: it is being terminated');
});

test('of a Secret, neither the words of a webhook are shown nor reasons and fields that nobody knows; who denied it is', () => {
  const denied = (
    fields: Partial<ConstructorParameters<typeof ApiError>[1]>,
    message = 'admission webhook "policy.example.dev" denied the request: CANARY',
  ) => explain(new ApiError(message, { status: 403, reason: 'Forbidden', ...fields }), secret, 'dry-run');
  const causes = [
    { field: 'CANARY', reason: 'CANARY', message: 'CANARY' },
    { field: 'data[password]', reason: 'FieldValueForbidden', message: 'CANARY' },
  ];
  const said = 'admission webhook "policy.example.dev" denied the request, in words that may quote the Secret';
  expect(denied({ causes })).toBe(`dry-run failed (Forbidden): ${said}`);
  expect(denied({ reason: 'it has CANARY', causes })).toBe(`dry-run failed: ${said}`);
  expect(denied({ reason: 'CANARY', causes: causes.slice(0, 1) }, 'CANARY')).toBe('dry-run failed: object: refused');
  expect(denied({ reason: 'CANARY' }, 'admission webhook "CANARY "" denied the request: CANARY')).toBe('dry-run failed: status 403');
});

test('what the server warns of is shown, and counted where it may quote a Secret', () => {
  expect(remarks(['deprecated'], configMap)).toEqual(['deprecated']);
  expect(remarks([], secret)).toEqual([]);
  expect(remarks(['CANARY', 'CANARY'], secret)).toEqual(['2 of a Secret, which they may quote']);
});

test('of a Secret, a right that is missing is named, and nothing else of why it is forbidden is quoted', () => {
  const denial = (message: string) => explain(new ApiError(message, { status: 403, reason: 'Forbidden' }), secret, 'apply');
  expect(
    denial(
      'secrets "b" is forbidden: User "system:serviceaccount:a:x" cannot patch resource "secrets" in API group "" in the namespace "a"',
    ),
  ).toBe('apply failed (Forbidden): the account that is acted as cannot patch secrets there');
  expect(denial('secrets "b" is forbidden: CANARY')).toBe('apply failed (Forbidden): Forbidden');
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
