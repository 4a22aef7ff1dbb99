import { readFile } from 'node:fs/promises';
import { type Kustomization, kustomizationDefinition, kustomizations, renderCrd, validate } from '@gotk/api';
import { isRecord, type Unstructured } from '@gotk/apimachinery';
import { customResourceDefinitions, eventually } from '@gotk/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ApplierBed, applierBed, conditionOf, isReadyWith } from './bed.ts';
import { g2Revisions } from './g2-revisions.ts';
import { ownCluster } from './own-cluster.ts';
import { inventoryOf, orphansIn, phantomsIn, recreatedBetween, worldOf } from './world.ts';

const cluster = ownCluster();
const within = () => AbortSignal.timeout(30_000);

/** The API of a version to come: its objects have fields that this one does not know. */
beforeAll(async () => {
  await using bed = await applierBed(cluster.plane);
  const opened: Unstructured = JSON.parse(JSON.stringify(renderCrd(kustomizationDefinition)), (_key, value: unknown) =>
    isRecord(value) && value.type === 'object' && isRecord(value.properties)
      ? { ...value, 'x-kubernetes-preserve-unknown-fields': true }
      : value,
  );
  await bed.client.apply(customResourceDefinitions, opened, { fieldManager: 'install', force: true, signal: within() });
  await bed.kustomization('probe', { suspend: true });
  await eventually(async () => {
    await writeStatus(bed, { name: 'probe', status: { later: 'yes' } });
    expect((await bed.get('probe'))?.status).toMatchObject({ later: 'yes' });
  });
});

interface Written {
  readonly name: string;
  readonly status: object;
  /** Default: as whom this version writes. */
  readonly fieldManager?: string | undefined;
}

const writeStatus = (bed: ApplierBed, { name, status, fieldManager = 'gotk-kustomize-controller' }: Written) =>
  bed.client.patch(
    kustomizations,
    { key: { namespace: bed.namespace, name }, patch: { type: 'merge', body: { status } } },
    { signal: within(), subresource: 'status', fieldManager },
  );

type Status = NonNullable<Kustomization['status']>;

/** Lives as long as it takes to find everything to be as the revision says, or to make it so. Resolves with what it has applied, by its path, and how many events it told. */
async function oneLife(bed: ApplierBed, revision: string) {
  const since = bed.proxy.trace.records.length;
  const { logFile, stop } = await bed.start();
  await expect.poll(() => readFile(logFile, 'utf8'), { timeout: 60_000 }).toContain(`Applied revision: ${revision}`);
  await bed.until('app', isReadyWith(revision));
  expect(await stop()).toBe(0);
  const asked = bed.proxy.trace.records.slice(since);
  const applied = asked.filter(({ verb, dryRun, status }) => verb === 'apply' && !dryRun && status === 200).map(({ path }) => path);
  return { applied, events: asked.filter(({ resource, verb }) => resource === 'events' && verb === 'create').length };
}

/** Twenty objects as they were left by another version, which has told of them by the status that `edit` makes of ours. */
async function leftBy(bed: ApplierBed, edit: (status: Status) => object, fieldManager?: string) {
  const files = g2Revisions(bed.namespace);
  const revision = await bed.publish(files.first);
  await bed.kustomization('app');
  await oneLife(bed, revision);
  const before = await worldOf(bed, 'app');
  await writeStatus(bed, { name: 'app', status: edit(before.kustomization?.status ?? {}), fieldManager });
  return { files, revision, before };
}

/** What the second revision drops is gone, all else is there and on record, and nothing was made anew. */
async function expectUpgraded(bed: ApplierBed, { files, before }: Awaited<ReturnType<typeof leftBy>>): Promise<Kustomization | undefined> {
  const second = await bed.publish(files.second);
  const { applied } = await oneLife(bed, second);
  expect(applied.length).toBe(new Set(applied).size);
  const after = await worldOf(bed, 'app');
  expect([orphansIn(after), phantomsIn(after), recreatedBetween(before, after)]).toEqual([[], [], []]);
  const names = [...after.objects.values()].map(({ metadata }) => metadata.name);
  expect(files.dropped.second.filter((name) => names.includes(name))).toEqual([]);
  expect(validate(kustomizationDefinition.status, after.kustomization?.status, 'status')).toEqual([]);
  return after.kustomization;
}

/** A run that takes a second says that it is under way, and then that it is not: the time of that is another one. */
const withoutTimes = ({ conditions = [], ...status }: Status = {}) => ({
  ...status,
  conditions: Object.fromEntries(conditions.map(({ type, lastTransitionTime: _time, ...condition }) => [type, condition])),
});

const entriesOf = (status: Status) => status.inventory?.entries ?? [];

describe('F35: a status that another version has written', { timeout: 180_000 }, () => {
  const planned = {
    type: 'Planned',
    status: 'True',
    reason: 'AsInTheFuture',
    message: 'planned',
    lastTransitionTime: '2026-01-02T03:04:05Z',
    observedGeneration: 1,
  };
  const newer = (status: Status) => ({
    lastPlannedRevision: 'main@sha1:f00',
    plans: [{ id: 'a', waves: 3 }],
    conditions: [...(status.conditions ?? []), planned],
    inventory: { entries: entriesOf(status).map((entry) => ({ ...entry, uid: 'x', wave: 1 })) },
    history: (status.history ?? []).map((entry) => ({ ...entry, waves: 3 })),
  });

  test('with fields and conditions that this one does not know keeps them: nothing of it is written where nothing has changed', async () => {
    await using bed = await applierBed(cluster.plane);
    const left = await leftBy(bed, newer);
    const written = (await bed.get('app'))?.status;
    expect(written).toMatchObject({
      plans: [{ waves: 3 }],
      inventory: { entries: expect.arrayContaining([expect.objectContaining({ wave: 1 })]) },
      history: [{ waves: 3 }],
    });
    const { applied, events } = await oneLife(bed, left.revision);
    expect([applied.length, events]).toEqual([new Set(applied).size, 0]);
    expect(withoutTimes((await bed.get('app'))?.status)).toEqual(withoutTimes(written));

    const upgraded = await expectUpgraded(bed, left);
    expect(upgraded?.status).toMatchObject({ lastPlannedRevision: 'main@sha1:f00', plans: [{ id: 'a', waves: 3 }] });
    expect(upgraded === undefined ? undefined : conditionOf(upgraded, 'Planned')).toEqual(planned);
    expect(upgraded?.status?.history?.map(({ totalReconciliations }) => totalReconciliations)).toEqual([1, 1]);
  });

  test('with objects of other versions of their API, served no more: they are the same objects, and are deleted when they are dropped', async () => {
    await using bed = await applierBed(cluster.plane);
    const versions = (status: Status) => ({
      inventory: { entries: entriesOf(status).map(({ id, v }) => ({ id, v: /PriorityClass|Role|Deployment/.test(id) ? 'v1alpha7' : v })) },
    });
    const left = await leftBy(bed, versions);
    const upgraded = await expectUpgraded(bed, left);
    expect(entriesOf(upgraded?.status ?? {}).filter(({ v }) => v !== 'v1')).toEqual([]);
  });

  test('with less than this one writes, in another order and under another name, is completed, and nothing is applied twice', async () => {
    await using bed = await applierBed(cluster.plane);
    const older = (status: Status) => ({
      observedGeneration: null,
      lastAttemptedRevision: null,
      history: null,
      conditions: (status.conditions ?? [])
        .filter(({ type }) => type === 'Ready')
        .map(({ observedGeneration: _generation, ...condition }) => condition),
      inventory: { entries: entriesOf(status).toReversed() },
    });
    const left = await leftBy(bed, older, 'kustomize-controller');
    const entries = inventoryOf(await worldOf(bed, 'app'));
    const { applied } = await oneLife(bed, left.revision);
    expect([new Set(applied).size, applied.length]).toEqual([entries.length, entries.length]);
    const now = await worldOf(bed, 'app');
    expect([inventoryOf(now), recreatedBetween(left.before, now)]).toEqual([entries, []]);
    await expectUpgraded(bed, left);
  });

  test('that says no more than what was applied is enough to know what to delete', async () => {
    await using bed = await applierBed(cluster.plane);
    const bare = ({ inventory: _inventory, ...rest }: Status) => Object.fromEntries(Object.keys(rest).map((field) => [field, null]));
    await expectUpgraded(bed, await leftBy(bed, bare));
  });
});
