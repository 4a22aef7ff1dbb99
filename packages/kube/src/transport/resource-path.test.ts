import type { Resource } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { InvalidName } from '../errors.ts';
import { collectionPath, groupVersionPath, objectPath } from './resource-path.ts';

const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const deployments: Resource = { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true };
const namespaces: Resource = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };

test('objects are where the API server serves them', () => {
  expect(objectPath(configMaps, { namespace: 'apps', name: 'web' })).toBe('/api/v1/namespaces/apps/configmaps/web');
  expect(objectPath(deployments, { namespace: 'apps', name: 'web' }, 'status')).toBe(
    '/apis/apps/v1/namespaces/apps/deployments/web/status',
  );
  expect(objectPath(namespaces, { namespace: '', name: 'apps' })).toBe('/api/v1/namespaces/apps');
  expect(objectPath(namespaces, { namespace: 'ignored', name: 'apps' })).toBe('/api/v1/namespaces/apps');
});

test('collections are those of one namespace, or of all', () => {
  expect(collectionPath(configMaps, 'apps')).toBe('/api/v1/namespaces/apps/configmaps');
  expect(collectionPath(configMaps, undefined)).toBe('/api/v1/configmaps');
  expect(collectionPath(deployments, '')).toBe('/apis/apps/v1/deployments');
});

test('names that mean something in URLs and nothing in paths are escaped', () => {
  expect(objectPath(configMaps, { namespace: 'apps', name: 'system:x?watch=1#y z' })).toBe(
    '/api/v1/namespaces/apps/configmaps/system%3Ax%3Fwatch%3D1%23y%20z',
  );
});

describe('no path is made of', () => {
  const hostile = ['', '.', '..', '../secrets/x', 'a/b', '/', 'a%2fb', '%2e%2e'];

  test.each(hostile)('the name %j', (name) => {
    expect(() => objectPath(configMaps, { namespace: 'apps', name })).toThrow(InvalidName);
  });

  test.each(hostile)('the namespace %j', (namespace) => {
    expect(() => objectPath(configMaps, { namespace, name: 'web' })).toThrow(InvalidName);
  });

  test.each(hostile)('the version, resource or subresource %j', (part) => {
    expect(() => groupVersionPath({ group: 'apps', version: part })).toThrow(InvalidName);
    expect(() => collectionPath({ ...configMaps, plural: part }, undefined)).toThrow(InvalidName);
    expect(() => objectPath(configMaps, { namespace: 'apps', name: 'web' }, part)).toThrow(InvalidName);
  });

  test.each(hostile.filter((group) => group !== ''))('the group %j', (group) => {
    expect(() => groupVersionPath({ group, version: 'v1' })).toThrow(InvalidName);
  });

  test('half a character', () => {
    expect(() => objectPath(configMaps, { namespace: 'apps', name: 'web\ud800' })).toThrow(InvalidName);
  });
});

test('what is quoted of a hostile name is short', () => {
  expect(() => objectPath(configMaps, { namespace: 'apps', name: '/'.repeat(1_000_000) })).toThrow(
    /^'\/{100}' cannot be the name of an object$/,
  );
});
