import { setTimeout as delay } from 'node:timers/promises';
import { type Kustomization, kustomizations } from '@gotk/api';
import type { KubeObject, ManagedFieldsEntry, Resource, Unstructured } from '@gotk/apimachinery';
import { checkInvariants, eventually, seededRandom } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { type ApplierBed, applierBed, conditionOf, isReadyWith } from './bed.ts';
import { type Chronicle, chronicleOf, deviationsIn, holds, lossesOf, managersOf } from './chronicle.ts';
import { configMaps } from './config-map.ts';
import { ownCluster } from './own-cluster.ts';
import { governed, OWNERS, type Owner, SHARED, SSA, sharedFiles } from './shared-objects.ts';
import { deployments, fiveWriters, kubectlIn, services, type Writer } from './writers.ts';

const cluster = ownCluster({
  controllerManager: true,
  controllerManagerFlags: ['--controllers=horizontal-pod-autoscaler-controller', '--horizontal-pod-autoscaler-sync-period=1s'],
});

const WRITING_MS = process.env.GOTK_FAULTS === 'whole' ? 60_000 : 12_000;
const LONGEST_PAUSE_MS = 250;
/** However long that takes: with fewer, some object would be without some writer. */
const FEWEST_WRITES = 12;
/** What is changed now and then is put right at once, which on a machine that is busy with five writers takes as long as it takes. */
const AT_ONCE_MS = 20_000;
const QUIET_MS = 1_000;
const events: Resource = { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true };

/** How often an object is put right that is fought over for so long without a pause: five times at once, then after 2 s, 4 s and so on, and once in the end. */
const oftenIn = (ms: number): number => 5 + Math.floor(Math.log2(ms / 2_000 + 1)) + 1;
/** Whoever has waited 2 s, 4 s and so on waits at most as long again, and 2 s. */
const longestAnswerMs = (ms: number): number => ms + 2_000 + AT_ONCE_MS;

/** Each of the five writers changes it once. What has lost our labels is out of sight until it has them again; nobody is on record of what is gone. */
const TOLD_OF_RARE = [
  "data.content changed by 'kubectl-edit'; data.added added by 'kubectl-edit'",
  'changed\n',
  'data.content removed',
  "data.content changed by 'kubectl-client-side-apply'; metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'] added by",
  "data.content changed by 'operator'",
];

async function keepWriting(writer: Writer, index: number): Promise<number> {
  const random = seededRandom(Number(process.env.GOTK_SEED ?? 1) * 100 + index);
  const began = performance.now();
  let count = 0;
  for (; performance.now() - began < WRITING_MS || count < FEWEST_WRITES; count += 1) {
    await writer.write(count + 1, random);
    await delay(random() * LONGEST_PAUSE_MS);
  }
  return count;
}

/** Beside all that, each of them changes one object once, when what the one before did has been put right. */
async function takeTurns(writers: readonly Writer[], timesRight: () => number): Promise<void> {
  for (const [index, { touchRare }] of writers.entries()) {
    await delay(WRITING_MS / 2 / writers.length);
    await touchRare();
    await eventually(() => expect(timesRight()).toBe(index + 1), { timeoutMs: AT_ONCE_MS });
  }
}

const isManagedBy = (managers: readonly string[], object: Unstructured | undefined): boolean =>
  object !== undefined && JSON.stringify(managersOf(object)) === JSON.stringify([...managers].sort());

const latest = (chronicle: Chronicle, id: string): Unstructured | undefined => chronicle.of(id).at(-1)?.object;
/** What is put right takes along what waits in the same Kustomization; an object that is left alone after all wakes it once. */
function allowedFor(owner: Owner, writingMs: number): number {
  const fought = governed(owner).length;
  return oftenIn(writingMs) * fought + SHARED[owner].length - fought;
}

/** What was not as it has to be in the life of each object that Git has the last word on, after so long a time with the five. */
function wrongIn(chronicle: Chronicle, writingMs: number): readonly string[] {
  return OWNERS.flatMap((owner) =>
    governed(owner).flatMap(({ id, wanted, theirs, managers = [] }) => {
      const versions = chronicle.of(id);
      const [times, allowed] = [deviationsIn(versions, wanted).length, allowedFor(owner, writingMs)];
      return [
        ...(times > allowed ? [`${id} was put right ${times} times, and no more than ${allowed} are allowed`] : []),
        ...theirs.flatMap((path) => lossesOf(path, versions)),
        ...(new Set(versions.map(({ object }) => object.metadata.uid)).size === 1 ? [] : [`${id} was made anew`]),
        ...(isManagedBy(managers, versions.at(-1)?.object)
          ? []
          : [`${id} is managed by ${managersOf(versions.at(-1)?.object as KubeObject)}`]),
      ];
    }),
  );
}

/** What has not been left alone of what asks for that. */
function touchedIn(chronicle: Chronicle, bed: ApplierBed): readonly string[] {
  const writes = bed.writes().map(({ resource, name }) => `${resource}/${name}`);
  const allowed = { once: 1, left: 1, ignored: 0 };
  const tooOften = Object.entries(allowed).filter(([name, times]) => writes.filter((it) => it === `configmaps/${name}`).length !== times);
  const isOfReplicas = ({ operation, fieldsV1 }: ManagedFieldsEntry) =>
    operation === 'Apply' && JSON.stringify(fieldsV1).includes('f:replicas');
  const scaled = chronicle.of('Deployment/scaled').filter(({ object }) => object.metadata.managedFields?.some(isOfReplicas));
  return [
    ...tooOften.map(([name, times]) => `${name} was not written ${times} times: ${writes}`),
    ...scaled.map(({ object }) => `replicas that Git does not name were applied, in ${object.metadata.resourceVersion}`),
    ...(latest(chronicle, 'ConfigMap/ignored')?.metadata.managedFields?.some(({ operation }) => operation === 'Apply') === true
      ? ['what is ignored was applied']
      : []),
  ];
}

const failuresIn = (chronicle: Chronicle): readonly string[] =>
  OWNERS.flatMap((owner) =>
    chronicle
      .of(`Kustomization/${owner}`)
      .map(({ object }) => conditionOf(object as unknown as Kustomization, 'Ready'))
      .flatMap((ready) => (ready?.status === 'False' ? [`${owner}: ${ready.message}`] : [])),
  );

async function toldOf({ client, namespace }: ApplierBed, reason: string): Promise<string> {
  const { items } = await client.list(events, { namespace, signal: AbortSignal.timeout(10_000) });
  return items
    .filter((event) => event.reason === reason)
    .map(({ message }) => `${message}\n`)
    .join('');
}

/** What was changed is told with whoever did it, and that somebody does it each time. */
async function expectTold(bed: ApplierBed): Promise<void> {
  const object = (name: string) => `ConfigMap/${bed.namespace}/${name}`;
  const contested = await toldOf(bed, 'DriftContested');
  expect(contested).not.toContain(object('rare'));
  expect(contested).toMatch(new RegExp(`${object('contested')} was changed \\d+ times .* last by 'operator': .* undone after \\d+s`));
  const corrected = await toldOf(bed, 'DriftCorrected');
  for (const what of TOLD_OF_RARE) expect(corrected).toContain(`${object('rare')}: ${what}`);
  expect(corrected).not.toMatch(/\/(once|ignored|left):/);
}

async function applied(bed: ApplierBed): Promise<void> {
  const revision = await bed.publish(sharedFiles());
  for (const owner of OWNERS) await bed.kustomization(owner, { path: `./${owner}` });
  for (const owner of OWNERS) await bed.until(owner, isReadyWith(revision));
}

test('F31: five writers at once, kubectl edit, scale and apply, an autoscaler and an operator, keep what is theirs and take nothing from Git for long', {
  timeout: 2 * WRITING_MS + 180_000,
}, async ({ annotate }) => {
  await using bed = await applierBed(cluster.plane);
  const { client, namespace, proxy } = bed;
  const controller = await bed.start();
  await using chronicle = await chronicleOf([configMaps, services, deployments, kustomizations as unknown as Resource], bed);
  await applied(bed);
  await kubectlIn({ plane: cluster.plane, namespace })(['annotate', 'configmap', 'left', `${SSA}=Ignore`]);
  const { all, autoscaler } = await fiveWriters({ plane: cluster.plane, client, namespace });
  const [since, began] = [proxy.trace.records.length, performance.now()];

  const rare = () => deviationsIn(chronicle.of('ConfigMap/rare'), SHARED.rare[0].wanted);
  const turns = takeTurns(all, () => rare().filter(({ toMs }) => toMs !== undefined).length);
  const [counts] = await Promise.all([Promise.all(all.map(keepWriting)), turns]);
  const writingMs = performance.now() - began;
  await eventually(
    () => {
      // What somebody has added beside what is ours may be all that is left to put right of an object, and comes as late as the rest.
      const wrong = OWNERS.flatMap(governed).filter(
        ({ id, wanted, managers = [] }) => !holds(latest(chronicle, id), wanted) || !isManagedBy(managers, latest(chronicle, id)),
      );
      expect(wrong.map(({ id }) => `${id} is ${JSON.stringify(latest(chronicle, id))}`)).toEqual([]);
      expect(latest(chronicle, 'Deployment/scaled')?.spec).toMatchObject({ replicas: autoscaler.replicas });
    },
    { timeoutMs: longestAnswerMs(writingMs) },
  );
  const settledMs = performance.now() - began - writingMs;
  await delay(QUIET_MS);
  const before = bed.writes().length;
  await delay(QUIET_MS);
  expect(bed.writes().slice(before)).toEqual([]);
  expect(controller.ended).toBe(false);

  const tookMs = rare().map(({ fromMs, toMs = Number.POSITIVE_INFINITY }) => Math.round(toMs - fromMs));
  const times = OWNERS.flatMap(governed).map(({ id, wanted }) => `${id} ${deviationsIn(chronicle.of(id), wanted).length}`);
  await annotate(
    `${counts.join(', ')} writes; put right: ${times.join(', ')}; what is changed rarely after ${tookMs.join(', ')} ms; all of it ${Math.round(settledMs)} ms after the last write`,
  );
  expect(wrongIn(chronicle, writingMs)).toEqual([]);
  expect(tookMs).toHaveLength(all.length);
  expect(touchedIn(chronicle, bed)).toEqual([]);
  expect(failuresIn(chronicle)).toEqual([]);
  await expectTold(bed);
  const most = Math.max(...OWNERS.map((owner) => allowedFor(owner, writingMs)));
  expect(
    checkInvariants(
      { requests: proxy.trace.records.slice(since), runs: [] },
      {
        mayDelete: () => false,
        // What is somebody else's is taken over, and then what was desired is applied; what was out of sight is applied before that as well.
        effects: { resources: ['configmaps', 'deployments', 'services'], allowed: () => 3 * most },
      },
    ),
  ).toEqual([]);
});

test('F31: an ignored field keeps what somebody writes to it in the very moment in which the rest of its object is put right', async () => {
  await using bed = await applierBed(cluster.plane);
  await bed.start();
  const key = { namespace: bed.namespace, name: 'it' };
  const within = () => AbortSignal.timeout(20_000);
  const write = (data: object) =>
    bed.client.patch(configMaps, { key, patch: { type: 'merge', body: { data } } }, { signal: within(), fieldManager: 'tuner' });
  const dataOf = async () => (await bed.client.get(configMaps, key, { signal: within() })).data;
  const wanted = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'it' }, data: { content: 'git', tuned: 'git' } };
  const revision = await bed.publish({ 'it.yaml': JSON.stringify(wanted) });
  await bed.kustomization('app', { ignore: [{ paths: ['/data/tuned'] }] });
  await bed.until('app', isReadyWith(revision));
  await write({ tuned: '1' });

  /** Resolves when the controller has looked at it, and is about to write. */
  const untilLookedAt = async () => {
    const calls = ({ ofPath }: { readonly ofPath: number }) => ofPath === 1;
    const path = /configmaps\/it\?(?!.*dryRun)/;
    const slow = bed.proxy.inject({ name: 'slow', verbs: ['apply'], path, calls, action: { kind: 'delay', ms: 1_000 } });
    await write({ content: 'theirs' });
    await expect.poll(() => slow.hits, { timeout: 10_000 }).toBe(1);
  };
  await untilLookedAt();
  await write({ tuned: '2' });
  await expect.poll(dataOf, { timeout: 20_000 }).toMatchObject({ content: 'git' });
  expect(await dataOf()).toEqual({ content: 'git', tuned: '2' });

  // One that is made anew because somebody has just deleted it has nothing of the one before.
  await untilLookedAt();
  await bed.client.delete(configMaps, key, { signal: within() });
  await expect.poll(() => dataOf().catch(() => undefined), { timeout: 20_000 }).toEqual(wanted.data);
});
