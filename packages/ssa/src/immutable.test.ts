import { ApiError, type KubeClient } from '@gotk/kube';
import { expect, test } from 'vitest';
import { isImmutableRefusal } from './immutable.ts';
import type { Desired } from './plan.ts';

const desired: Desired = {
  id: 'apps_web__ConfigMap',
  hash: '',
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'apps', name: 'web' } },
  resource: { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true },
  ignored: [],
};

/** Asked of a server that takes no new object either. */
const judged = (status: number, message: string, causes: readonly string[] = []) => {
  const refuse = () => Promise.reject(new ApiError('no', { status: 422, reason: 'Invalid' }));
  return isImmutableRefusal(new ApiError(message, { status, reason: '', causes: causes.map((text) => ({ message: text })) }), desired, {
    client: { apply: refuse } as unknown as KubeClient,
    fieldManager: 'kustomize-controller',
    signal: new AbortController().signal,
  });
};

test.each([
  [422, '', ['Invalid value: "x": field is immutable'], true],
  [422, '', ['Forbidden: updates to parameters are forbidden.', 'Forbidden: may not be changed in an update.'], true],
  [422, '', ['field is immutable', 'Required value'], false],
  [422, 'field is immutable', [], false],
  [403, 'admission webhook "x" denied the request: spec.size is immutable', [], true],
  [400, 'admission webhook "x" denied the request: immutable field spec.size', [], true],
  [403, 'admission webhook "x" denied the request: no', [], false],
  [409, 'the object has been modified', [], false],
  [404, 'namespace is immutable not found', [], false],
  [500, 'x is immutable', [], false],
] as const)('%d %j %j is a refusal for an immutable field: %o', async (...[status, message, causes, expected]) => {
  expect(await judged(status, message, causes)).toBe(expected);
});

test('what is no answer of the server is none', async () => {
  const options = { client: {} as KubeClient, fieldManager: '', signal: new AbortController().signal };
  expect(await isImmutableRefusal(new Error('x is immutable'), desired, options)).toBe(false);
});
