import type { Unstructured } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { ApiError } from '@gotk/kube';
import { expect, test } from 'vitest';
import { createUndeclaredFields } from './undeclared-fields.ts';

const deployment = (spec: object): Unstructured => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'it' }, spec });
const wrong = deployment({
  replicas: 2,
  replicass: 2,
  newer: true,
  template: { spec: { containers: [{ name: 'a' }, { name: 'b', imagePolicy: 'Always' }], nodeSelector: { replicass: 'x' } } },
});
const refusal = (text: string) => new ApiError(`failed to create typed patch object: ${text}`, { status: 500, reason: '', causes: [] });
const both = refusal(
  'errors:\n  .spec.replicass: field not declared in schema\n  .spec.template.spec.containers[name="b"].imagePolicy: field not declared in schema',
);

test('nothing is left out that the server has not refused', () => {
  const fields = createUndeclaredFields(fakeClock());
  expect(fields.without(wrong)).toEqual({ object: wrong, leftOut: [] });
});

test('what it has refused is left out wherever the type is, and nothing else', () => {
  const fields = createUndeclaredFields(fakeClock());
  expect(fields.learn(wrong, both)).toBe(true);
  expect(fields.without(wrong)).toEqual({
    object: deployment({
      replicas: 2,
      newer: true,
      template: { spec: { containers: [{ name: 'a' }, { name: 'b' }], nodeSelector: { replicass: 'x' } } },
    }),
    leftOut: ['.spec.replicass', '.spec.template.spec.containers[1].imagePolicy'],
  });
  expect(fields.learn(wrong, both)).toBe(false);
  const other = { ...deployment({ replicass: 1 }), kind: 'StatefulSet' };
  expect(fields.without(other).leftOut).toEqual([]);
});

test('fields that are known are never left out, whatever a refusal says', () => {
  const fields = createUndeclaredFields(fakeClock());
  expect(fields.learn(wrong, refusal('.spec.replicas: field not declared in schema'))).toBe(false);
  expect(fields.learn(wrong, refusal('.spec.replicass is wrong'))).toBe(false);
  expect(fields.learn(wrong, new Error('.spec.replicass: field not declared in schema'))).toBe(false);
});

test('objects of other kinds stay as they are', () => {
  const fields = createUndeclaredFields(fakeClock());
  const widget = { ...wrong, apiVersion: 'example.com/v1', kind: 'Widget' };
  expect(fields.learn(widget, both)).toBe(false);
});

test('after an hour the server is asked again', async () => {
  const clock = fakeClock();
  const fields = createUndeclaredFields(clock);
  fields.learn(wrong, both);
  await clock.advance(3_600_000);
  expect(fields.without(wrong).leftOut).toEqual([]);
  expect(fields.learn(wrong, both)).toBe(true);
});
