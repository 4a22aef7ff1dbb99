import { expect, test } from 'vitest';
import { type BuildResource, metadataOf } from '../resource/resource.ts';
import { rename } from './rename.ts';

const resource = (apiVersion: string, kind: string): BuildResource => ({
  object: { apiVersion, kind, metadata: { name: 'web' } },
  past: [],
  prefixes: [],
  suffixes: [],
  file: 'a.yaml',
});

test('every name that was is remembered, with what was put around it', () => {
  const web = resource('v1', 'Service');
  rename([web], { prefix: 'in-', suffix: '' });
  rename([web], { prefix: 'out-', suffix: '-x' });
  expect(web).toMatchObject({ object: { metadata: { name: 'out-in-web-x' } }, prefixes: ['in-', 'out-'], suffixes: ['-x'] });
  expect(web.past.map(({ name }) => name)).toEqual(['web', 'in-web', 'out-in-web']);
});

test.each([
  ['v1', 'Namespace'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['apiregistration.k8s.io/v1', 'APIService'],
])('%s %s keeps its name, which means something', (apiVersion, kind) => {
  const kept = resource(apiVersion, kind);
  rename([kept], { prefix: 'p-', suffix: '-s' });
  expect(kept).toMatchObject({ object: { metadata: { name: 'web' } }, past: [], prefixes: [], suffixes: [] });
});

test('an APIService of another group is renamed', () => {
  const other = resource('example.com/v1', 'APIService');
  rename([other], { prefix: 'p-', suffix: '' });
  expect(metadataOf(other.object).name).toBe('p-web');
});

test('without prefix and suffix nothing is remembered', () => {
  const web = resource('v1', 'Service');
  rename([web], { prefix: '', suffix: '' });
  expect(web.past).toEqual([]);
});
