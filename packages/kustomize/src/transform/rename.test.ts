import { expect, test } from 'vitest';
import { type BuildResource, metadataOf, newResource } from '../resource/resource.ts';
import { addPrefix, addSuffix } from './rename.ts';

const resource = (apiVersion: string, kind: string): BuildResource =>
  newResource({ apiVersion, kind, metadata: { name: 'web' } }, 'a.yaml');

test('every name that was is remembered, with what was put around it', () => {
  const web = resource('v1', 'Service');
  addPrefix([web], 'in-');
  addPrefix([web], 'out-');
  addSuffix([web], '-x');
  expect(web).toMatchObject({ object: { metadata: { name: 'out-in-web-x' } }, prefixes: ['in-', 'out-'], suffixes: ['-x'] });
  expect(web.past.map(({ name }) => name)).toEqual(['web', 'in-web', 'out-in-web']);
});

test.each([
  ['v1', 'Namespace'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['apiregistration.k8s.io/v1', 'APIService'],
])('%s %s keeps its name, which means something', (apiVersion, kind) => {
  const kept = resource(apiVersion, kind);
  addPrefix([kept], 'p-');
  addSuffix([kept], '-s');
  expect(kept).toMatchObject({ object: { metadata: { name: 'web' } }, past: [], prefixes: [], suffixes: [] });
});

test('an APIService of another group is renamed', () => {
  const other = resource('example.com/v1', 'APIService');
  addPrefix([other], 'p-');
  expect(metadataOf(other.object).name).toBe('p-web');
});

test('an empty prefix or suffix is none: nothing is remembered', () => {
  const web = resource('v1', 'Service');
  addPrefix([web], '');
  addSuffix([web], '');
  expect(web.past).toEqual([]);
});
