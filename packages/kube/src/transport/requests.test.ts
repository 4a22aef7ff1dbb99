import type { KubeObject, Resource } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { InvalidName } from '../errors.ts';
import {
  type ApiRequest,
  applyRequest,
  createRequest,
  deleteRequest,
  discoveryRequest,
  getRequest,
  listRequest,
  patchRequest,
  replaceRequest,
  watchRequest,
} from './requests.ts';

const { signal } = new AbortController();
const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true };
const key = { namespace: 'apps', name: 'web' };
const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: key };
const path = '/api/v1/namespaces/apps/configmaps';

const queryOf = ({ path: whole }: ApiRequest) => Object.fromEntries(new URL(whole, 'http://x').searchParams);
const bodyOf = ({ body }: ApiRequest): unknown => JSON.parse(body ?? 'null');

describe('reads', () => {
  test('ask for an object, or for its metadata alone', () => {
    expect(getRequest(configMaps, key, { signal })).toMatchObject({
      verb: 'get',
      method: 'GET',
      path: `${path}/web`,
      accept: 'application/json',
      repeatable: true,
    });
    expect(getRequest(configMaps, key, { signal, metadataOnly: true }).accept).toContain('as=PartialObjectMetadata;');
  });

  test('ask for a page of a list', () => {
    const request = listRequest(configMaps, {
      signal,
      namespace: 'apps',
      labelSelector: 'a=b,c in (d,e)',
      limit: 500,
      continue: 'abc=+/',
      metadataOnly: true,
    });
    expect(queryOf(request)).toEqual({ labelSelector: 'a=b,c in (d,e)', limit: '500', continue: 'abc=+/' });
    expect(request).toMatchObject({ verb: 'list', resource: 'configmaps', lane: 'call', repeatable: true });
    expect(request.accept).toContain('as=PartialObjectMetadataList;');
    expect(listRequest(configMaps, { signal }).path).toBe('/api/v1/configmaps');
  });

  test('watch in a lane of their own, with bookmarks', () => {
    const request = watchRequest(configMaps, { signal, resourceVersion: '7', timeoutSeconds: 300, fieldSelector: 'metadata.name=web' });
    expect(queryOf(request)).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '7',
      timeoutSeconds: '300',
      fieldSelector: 'metadata.name=web',
    });
    expect(request).toMatchObject({ verb: 'watch', lane: 'watch' });
  });

  test('watch from what there is now, when that comes first', () => {
    expect(queryOf(watchRequest(configMaps, { signal, resourceVersion: '', initialEvents: true, timeoutSeconds: 300 }))).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      timeoutSeconds: '300',
    });
  });

  test('ask what a group version has', () => {
    expect(discoveryRequest({ group: 'apps', version: 'v1' }, { signal })).toMatchObject({
      verb: 'discover',
      path: '/apis/apps/v1',
      repeatable: true,
    });
  });
});

describe('writes', () => {
  test('create and replace are never repeated', () => {
    const [create, replace] = [createRequest(configMaps, object, { signal }), replaceRequest(configMaps, object, { signal })];
    expect(create).toMatchObject({ method: 'POST', path, contentType: 'application/json', repeatable: false });
    expect(replace).toMatchObject({ method: 'PUT', path: `${path}/web`, repeatable: false });
    expect(bodyOf(create)).toEqual(object);
  });

  test('what is asked of an object goes to its own path', () => {
    expect(createRequest(configMaps, object, { signal, subresource: 'token' })).toMatchObject({
      method: 'POST',
      path: `${path}/web/token`,
    });
    expect(() => createRequest(configMaps, object, { signal, subresource: '../x' })).toThrow(InvalidName);
  });

  test('apply says who, and whether by force', () => {
    const request = applyRequest(configMaps, object, { signal, fieldManager: 'kustomize-controller', force: false });
    expect(queryOf(request)).toEqual({ fieldManager: 'kustomize-controller', force: 'false', fieldValidation: 'Warn' });
    expect(request).toMatchObject({ method: 'PATCH', contentType: 'application/apply-patch+yaml', repeatable: true });
    const strict = applyRequest(configMaps, object, { signal, fieldManager: 'x', force: true, dryRun: true, fieldValidation: 'Strict' });
    expect(queryOf(strict)).toEqual({ fieldManager: 'x', force: 'true', fieldValidation: 'Strict', dryRun: 'All' });
    expect(queryOf(applyRequest(configMaps, object, { signal, fieldManager: 'x', force: true, dryRun: false }))).not.toHaveProperty(
      'dryRun',
    );
  });

  test('a merge patch may be repeated, a JSON patch may not', () => {
    const merge = patchRequest(
      configMaps,
      { key, patch: { type: 'merge', body: { data: null } } },
      { signal, subresource: 'status', fieldManager: 'x' },
    );
    expect(merge).toMatchObject({
      path: `${path}/web/status?fieldManager=x`,
      contentType: 'application/merge-patch+json',
      repeatable: true,
    });
    expect(bodyOf(merge)).toEqual({ data: null });
    const json = patchRequest(configMaps, { key, patch: { type: 'json', body: [] } }, { signal });
    expect(json).toMatchObject({ path: `${path}/web`, contentType: 'application/json-patch+json', repeatable: false });
  });

  test('a delete may be repeated when it names the very object', () => {
    const guarded = deleteRequest(configMaps, key, { signal, uid: 'u1', resourceVersion: '7', propagation: 'Foreground' });
    expect(guarded).toMatchObject({ method: 'DELETE', path: `${path}/web`, repeatable: true });
    expect(bodyOf(guarded)).toMatchObject({
      kind: 'DeleteOptions',
      preconditions: { uid: 'u1', resourceVersion: '7' },
      propagationPolicy: 'Foreground',
    });
    const plain = deleteRequest(configMaps, key, { signal });
    expect(plain.repeatable).toBe(false);
    expect(bodyOf(plain)).toMatchObject({ preconditions: {}, propagationPolicy: 'Background' });
  });

  test('integers beyond 2^53 arrive as they are', () => {
    const big = { ...object, data: { serial: 9007199254740993n } };
    expect(createRequest(configMaps, big as unknown as KubeObject, { signal }).body).toContain('"serial":9007199254740993');
  });
});

test('leases wait for nobody', () => {
  const lease = { ...object, apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
  for (const request of [
    getRequest(leases, key, { signal }),
    createRequest(leases, lease, { signal }),
    replaceRequest(leases, lease, { signal }),
  ])
    expect(request.lane).toBe('lease');
});

test('no write is aimed at a collection or at another object by a hostile name', () => {
  for (const name of ['', '..', 'a/b']) {
    const target = { ...object, metadata: { ...key, name } };
    expect(() => deleteRequest(configMaps, { ...key, name }, { signal })).toThrow(InvalidName);
    expect(() => replaceRequest(configMaps, target, { signal })).toThrow(InvalidName);
    expect(() => applyRequest(configMaps, target, { signal, fieldManager: 'x', force: true })).toThrow(InvalidName);
    expect(() => patchRequest(configMaps, { key: { ...key, name }, patch: { type: 'json', body: [] } }, { signal })).toThrow(InvalidName);
  }
  expect(() => deleteRequest(configMaps, { namespace: '', name: 'web' }, { signal })).toThrow(InvalidName);
});
