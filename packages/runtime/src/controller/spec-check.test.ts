import type { Definition } from '@gotk/api';
import type { KubeObject } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { checkSpec, type UnsupportedField } from './spec-check.ts';

const definition: Pick<Definition<KubeObject>, 'spec'> = {
  spec: {
    type: 'object',
    required: ['interval'],
    properties: {
      interval: { type: 'string', pattern: '^[0-9]+s$' },
      verify: { type: 'object', properties: { mode: { type: 'string' } } },
      submodules: { type: 'boolean' },
      patches: { type: 'array', items: { type: 'object' } },
      timeout: { type: 'string' },
    },
  },
};
const unsupported: readonly UnsupportedField[] = [
  { path: 'verify.mode' },
  { path: 'submodules' },
  { path: 'patches' },
  { path: 'timeout', accepts: (value) => value === '60s' },
];

const check = (spec: unknown) =>
  checkSpec({ apiVersion: 'example.dev/v1', kind: 'Widget', metadata: { name: 'web' }, spec } as KubeObject, { definition, unsupported });

test('a spec that keeps to its schema and to what we do is fine', () => {
  expect(check({ interval: '5s' })).toBeUndefined();
});

test.each([
  ['is missing a field', {}, 'spec.interval is required'],
  ['is not there', undefined, 'spec must be an object'],
  ['is a list', [], 'spec must be an object'],
])('a spec that %s stalls the object, and the message says where', (_what, spec, message) => {
  expect(check(spec)).toMatchObject({ name: 'Stalled', reason: 'InvalidSpec', message });
});

test('of many problems the first five are shown', () => {
  const patches = Array.from({ length: 1_000 }, () => 'not an object');
  expect(check({ interval: '5s', patches })?.message.split('; ')).toHaveLength(5);
});

test('fields that we do not act on stall the object, and all of them are named', () => {
  expect(check({ interval: '5s', submodules: true, verify: { mode: 'HEAD' } })).toMatchObject({
    name: 'Stalled',
    reason: 'UnsupportedField',
    message: 'spec.verify.mode, spec.submodules: not supported by this release; remove what is set there to go on',
  });
});

test.each([
  ['a switch that is off', { submodules: false }],
  ['an empty list', { patches: [] }],
  ['an empty text', { verify: { mode: '' } }],
  ['an object above it without the field', { verify: {} }],
  ['a value that means what happens anyway', { timeout: '60s' }],
])('%s is as good as not set', (_what, fields) => {
  expect(check({ interval: '5s', ...fields })).toBeUndefined();
});

test('a value that means something else is refused', () => {
  expect(check({ interval: '5s', timeout: '5s' })?.reason).toBe('UnsupportedField');
});
