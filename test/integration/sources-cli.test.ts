import { helmRepositories } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { type AnySource, NAME, sourceKinds } from './source-kinds.ts';
import { condition, testbed } from './testbed.ts';

// What the flux CLI asks the API server, and how it judges the answers (docs/sources.md has what the CLI itself printed).

/** What kstatus calls Current, and what kubectl wait and the CLI wait for. */
const isCurrent = (it: AnySource): boolean =>
  it.metadata.deletionTimestamp === undefined &&
  it.status?.observedGeneration === it.metadata.generation &&
  condition(it, 'Reconciling') === undefined &&
  condition(it, 'Stalled') === undefined &&
  condition(it, 'Ready')?.status === 'True' &&
  condition(it, 'Ready')?.observedGeneration === it.metadata.generation;

test.each(sourceKinds)('flux create, reconcile, suspend and resume find what they wait for in a $kind', async ({ start, resource }) => {
  await using bed = await testbed();
  await using origin = await start();
  await origin.apply(bed);
  const created = await bed.until(resource, NAME, isCurrent);
  expect(created.status?.artifact?.revision).toMatch(/\S/);
  expect(condition(created, 'Ready')?.message).toContain(created.status?.artifact?.revision);
  expect(Date.parse(created.status?.artifact?.lastUpdateTime ?? '')).toBeGreaterThanOrEqual(
    Date.parse(created.metadata.creationTimestamp ?? ''),
  );

  const token = new Date().toISOString();
  await bed.merge(resource, NAME, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': token } } });
  // The first status with the token is the one that the CLI believes: whatever the run found must be in it.
  const looked = await bed.until(resource, NAME, (it) => it.status?.lastHandledReconcileAt !== created.status?.lastHandledReconcileAt);
  expect([looked.status?.lastHandledReconcileAt, isCurrent(looked)]).toEqual([token, true]);
  expect(looked.status?.artifact).toEqual(created.status?.artifact);

  await bed.merge(resource, NAME, { spec: { suspend: true } });
  const later = await bed.request(resource, NAME);
  await bed.merge(resource, NAME, { spec: { suspend: false } });
  const resumed = await bed.until(resource, NAME, isCurrent);
  expect(resumed.status?.lastHandledReconcileAt).toBe(later);
});

test.each(sourceKinds)(
  'a look that fails answers flux reconcile too, and the artifact of a $kind stays',
  async ({ start, resource, broken }) => {
    await using bed = await testbed();
    await using origin = await start();
    await origin.apply(bed);
    const created = await bed.until(resource, NAME, isCurrent);
    await bed.merge(resource, NAME, { spec: broken });
    const token = await bed.request(resource, NAME);
    const failed = await bed.until(resource, NAME, (it) => it.status?.lastHandledReconcileAt === token);
    expect(condition(failed, 'Ready')).toMatchObject({ status: 'False', observedGeneration: failed.metadata.generation });
    expect(failed.status?.artifact).toEqual(created.status?.artifact);
  },
);

test('flux create source helm --url=oci://… does not wait: by kstatus a registry is as it should be', async () => {
  await using bed = await testbed();
  await bed.apply(helmRepositories as unknown as Resource, {
    metadata: { name: 'registry' },
    spec: { interval: '10m', type: 'oci', url: 'oci://registry.example/charts' },
  });
  const { status } = await bed.until(helmRepositories, 'registry', (it) => it.status?.observedGeneration === undefined);
  expect(status).toEqual({});
});
