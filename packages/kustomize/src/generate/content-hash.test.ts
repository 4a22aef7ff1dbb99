import { expect, test } from 'vitest';
import { contentHash } from './content-hash.ts';

test('a Secret without data has the hash that kustomize gives it', () =>
  expect(contentHash({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'any' }, type: 'Opaque', data: {} })).toBe('46f8b28mk5'));

test('so has a ConfigMap, whatever its keys are called', () => {
  const data = Object.fromEntries([['constructor', 'y']]);
  Object.defineProperty(data, '__proto__', { value: 'x', enumerable: true });
  expect(contentHash({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'any' }, data })).toBe('9c2gmt6gh8');
});
