import { describe, expect, test } from 'vitest';
import { NoMatch } from '../src/errors.ts';
import { type Cluster, cluster, configMaps } from './cluster.ts';

const failure = (request: Promise<unknown>): Promise<unknown> => request.catch((error: unknown) => error);
const as = (fieldManager: string, { signal }: Cluster, force = false) => ({ fieldManager, force, signal });

describe('server-side apply', () => {
  test('tells what it created from what was there, and writes nothing when nothing changes', async () => {
    await using bed = await cluster();
    const first = await bed.client.apply(configMaps, bed.configMap('web', { a: '1' }), as('one', bed));
    expect(first).toMatchObject({ created: true, warnings: [], object: { data: { a: '1' } } });
    const again = await bed.client.apply(configMaps, bed.configMap('web', { a: '1' }), as('one', bed));
    expect(again.created).toBe(false);
    expect(again.object.metadata.resourceVersion).toBe(first.object.metadata.resourceVersion);
  });

  test('takes away what is no longer wanted, and nothing of others', async () => {
    await using bed = await cluster();
    await bed.client.apply(configMaps, bed.configMap('web', { a: '1', b: '1' }), as('one', bed));
    await bed.client.apply(configMaps, bed.configMap('web', { c: '1' }), as('two', bed));
    const { object } = await bed.client.apply(configMaps, bed.configMap('web', { a: '2' }), as('one', bed));
    expect(object.data).toEqual({ a: '2', c: '1' });
  });

  test('a dry-run answers what would be, and changes nothing', async () => {
    await using bed = await cluster();
    const { client, namespace, signal } = bed;
    const key = { namespace, name: 'web' };
    const would = await client.apply(configMaps, bed.configMap('web', { a: '1' }), { ...as('one', bed), dryRun: true });
    expect(would).toMatchObject({ created: true, object: { data: { a: '1' } } });
    expect(await failure(client.get(configMaps, key, { signal }))).toMatchObject({ status: 404 });
    const stored = await client.apply(configMaps, bed.configMap('web', { a: '1' }), as('one', bed));
    await client.apply(configMaps, bed.configMap('web', { a: '2' }), { ...as('one', bed), dryRun: true });
    expect(await client.get(configMaps, key, { signal })).toMatchObject({
      data: { a: '1' },
      metadata: { resourceVersion: stored.object.metadata.resourceVersion },
    });
  });

  test('a field of somebody else is a conflict that names it, unless taken by force', async () => {
    await using bed = await cluster();
    await bed.client.apply(configMaps, bed.configMap('web', { a: '1' }), as('one', bed));
    expect(await failure(bed.client.apply(configMaps, bed.configMap('web', { a: '2' }), as('two', bed)))).toMatchObject({
      status: 409,
      reason: 'Conflict',
      causes: [{ field: '.data.a', reason: 'FieldManagerConflict' }],
    });
    const { object } = await bed.client.apply(configMaps, bed.configMap('web', { a: '2' }), as('two', bed, true));
    expect(object.data).toEqual({ a: '2' });
    expect(await failure(bed.client.apply(configMaps, bed.configMap('web', { a: '1' }), as('one', bed)))).toMatchObject({ status: 409 });
  });

  test('what the server does not take is refused with the field that it is about', async () => {
    await using bed = await cluster();
    const wrong = bed.configMap('web', { 'not a key': '1' });
    expect(await failure(bed.client.apply(configMaps, wrong, as('one', bed)))).toMatchObject({
      status: 422,
      reason: 'Invalid',
      causes: [{ field: 'data[not a key]' }],
    });
  });

  test('metadata is all that comes back when it is all that is asked for', async () => {
    await using bed = await cluster();
    const { object } = await bed.client.apply(configMaps, bed.configMap('web', { a: '1' }), { ...as('one', bed), metadataOnly: true });
    expect(object).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } });
    expect(object).not.toHaveProperty('data');
  });
});

describe('other writes', () => {
  test('a replacement on a stale view is a conflict', async () => {
    await using bed = await cluster();
    const { client, signal } = bed;
    const created = await client.create(configMaps, bed.configMap('web', { a: '1' }), { signal });
    await client.replace(configMaps, { ...created, data: { a: '2' } }, { signal });
    expect(await failure(client.replace(configMaps, { ...created, data: { a: '3' } }, { signal }))).toMatchObject({ status: 409 });
    expect(await failure(client.create(configMaps, bed.configMap('web'), { signal }))).toMatchObject({
      status: 409,
      reason: 'AlreadyExists',
    });
  });

  test('a delete of another object of the name is refused', async () => {
    await using bed = await cluster();
    const { client, namespace, signal } = bed;
    const key = { namespace, name: 'web' };
    const { metadata } = await client.create(configMaps, bed.configMap('web'), { signal });
    expect(await failure(client.delete(configMaps, key, { signal, uid: crypto.randomUUID() }))).toMatchObject({ status: 409 });
    expect(await client.delete(configMaps, key, { signal, ...(metadata.uid === undefined ? {} : { uid: metadata.uid }) })).toBe('gone');
    expect(await failure(client.delete(configMaps, key, { signal }))).toMatchObject({ status: 404 });
  });

  test('a delete of what a finalizer holds is pending', async () => {
    await using bed = await cluster();
    const { client, namespace, signal } = bed;
    const key = { namespace, name: 'web' };
    const object = bed.configMap('web');
    await client.create(configMaps, { ...object, metadata: { ...object.metadata, finalizers: ['example.dev/held'] } }, { signal });
    expect(await client.delete(configMaps, key, { signal })).toBe('pending');
    await client.patch(configMaps, { key, patch: { type: 'json', body: [{ op: 'remove', path: '/metadata/finalizers' }] } }, { signal });
    expect(await failure(client.get(configMaps, key, { signal }))).toMatchObject({ status: 404 });
  });

  test('somebody without rights has none, whoever acts as them', async () => {
    await using bed = await cluster();
    const { client, namespace, signal } = bed;
    const nobody = client.impersonate({ userName: `system:serviceaccount:${namespace}:nobody` });
    expect(await failure(nobody.create(configMaps, bed.configMap('web'), { signal }))).toMatchObject({ status: 403, reason: 'Forbidden' });
    expect(
      await failure(nobody.watch(configMaps, { namespace, signal, resourceVersion: '0' })[Symbol.asyncIterator]().next()),
    ).toMatchObject({ status: 403 });
  });
});

test('a name that would be another path reaches no server', async () => {
  await using bed = await cluster();
  const { client, namespace, signal } = bed;
  for (const name of ['', '..', '../secrets', 'a/b'])
    expect(await failure(client.delete(configMaps, { namespace, name }, { signal }))).toMatchObject({ name: 'InvalidName' });
});

test('kinds are where the server serves them', async () => {
  await using bed = await cluster();
  const { mapper } = bed.client;
  const { signal } = bed;
  expect(await mapper.resourceFor({ group: 'apps', version: 'v1', kind: 'Deployment' }, { signal })).toMatchObject({
    plural: 'deployments',
    namespaced: true,
  });
  expect(await mapper.resourceFor({ group: '', version: 'v1', kind: 'Namespace' }, { signal })).toMatchObject({
    plural: 'namespaces',
    namespaced: false,
  });
  expect(await failure(mapper.resourceFor({ group: 'apps', version: 'v1', kind: 'Widget' }, { signal }))).toBeInstanceOf(NoMatch);
  expect(await failure(mapper.resourceFor({ group: 'none.example.dev', version: 'v1', kind: 'Widget' }, { signal }))).toBeInstanceOf(
    NoMatch,
  );
});
