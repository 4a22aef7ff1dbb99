import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { kustomizationDefinition, validate } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { isNotFound } from '@gotk/kube';
import { type ControllerProcess, isMutating, type RequestRecord, type RequestTrace, startFaultProxy } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { type ApplierBed, applierBed, BUNDLE, isReadyWith } from './bed.ts';
import { configMap } from './config-map.ts';
import { g2Revisions } from './g2-revisions.ts';
import { type Lane, type Step, startLane } from './lane.ts';
import { ownCluster } from './own-cluster.ts';
import { differences, orphansIn, phantomsIn, recreatedBetween, worldOf } from './world.ts';

const cluster = ownCluster();

/** Of the other version: `make upgrade` has one of an earlier revision. Without it, a version takes over from itself. */
const OTHER = process.env.GOTK_OTHER_BUNDLE ?? BUNDLE;
const OURS = BUNDLE;
/** At which writes of a revision the one version ends. */
const EVERY_SECOND = Array.from({ length: 50 }, (_, index) => 2 * index + 1);
const ENDS = OTHER === OURS ? { asked: [3], after: [2, 11] } : { asked: EVERY_SECOND, after: EVERY_SECOND };
/** What was changed, what was deleted, and that all is well. */
const EVENTS_A_REVISION = 3;
/** Longer than between two events of one run. */
const QUIET_MS = 500;

/** G2, as the steps of a lane: the first one, and the two that are gone to and fro between. */
async function stepsOf({
  bed: { artifacts, namespace },
}: Lane): Promise<{ readonly first: Step; readonly second: Step; readonly third: Step }> {
  const { dropped, ...files } = g2Revisions(namespace);
  return {
    first: { name: 'an install', artifact: await artifacts.pack(files.first), mayDelete: () => false },
    second: { name: 'an upgrade', artifact: await artifacts.pack(files.second), mayDelete: ({ name }) => dropped.second.includes(name) },
    third: { name: 'another one', artifact: await artifacts.pack(files.third), mayDelete: ({ name }) => dropped.third.includes(name) },
  };
}

const isApply = ({ verb, dryRun, status }: RequestRecord): boolean => verb === 'apply' && !dryRun && status >= 200 && status < 300;

/** The objects that were written more often than once, and what else was too much. */
function storms(requests: readonly RequestRecord[], allowed: { readonly events: number }): readonly string[] {
  const applies = Map.groupBy(requests.filter(isApply), ({ path }) => path);
  const events = requests.filter(({ verb, resource }) => resource === 'events' && verb !== 'list' && verb !== 'watch');
  return [
    ...[...applies].flatMap(([path, those]) => (those.length > 1 ? [`${path} was applied ${those.length} times`] : [])),
    ...(events.length > allowed.events ? [`${events.length} events were told`] : []),
  ];
}

/** Of the status, by the schema of this version. */
async function malformed({ get }: ApplierBed): Promise<readonly string[]> {
  const found = await get('app');
  return validate(kustomizationDefinition.status, found?.status, 'status').map(({ path, message }) => `${path} ${message}`);
}

/** Takes what is there over from the version that has made it. Resolves with the resources that this one writes in another form, and with what was too much. */
async function takeOver(
  lane: Lane,
  { step, bundle }: { readonly step: Step; readonly bundle: string },
): Promise<{ readonly reformed: readonly string[]; readonly wrong: readonly string[] }> {
  const before = await worldOf(lane.bed, 'app');
  const requests = await lane.relieve(step, bundle);
  const after = await worldOf(lane.bed, 'app');
  const known = new Set([...before.objects.values()].map(({ metadata }) => metadata.resourceVersion));
  const changed = requests.filter((request) => isApply(request) && !known.has(request.object?.resourceVersion));
  const reformed = changed.map(({ resource }) => resource);
  return {
    reformed,
    wrong: [
      ...(OTHER === OURS ? reformed.map((resource) => `of ${resource} the same version wrote something else`) : []),
      ...recreatedBetween(before, after).map((id) => `${id} was made anew`),
      // A form that is another one is told of once, as any change.
      ...storms(requests, { events: reformed.length === 0 ? 0 : 2 }),
    ].map((text) => `with nothing to do, ${text}`),
  };
}

interface Exchanged {
  /** How often a version took over in the middle of a revision. */
  readonly count: number;
  readonly reformed: ReadonlySet<string>;
  readonly wrong: readonly string[];
}

/** Goes to and fro between two revisions; in the middle of each one version ends, and the other goes on. */
async function exchangeAt(when: keyof typeof ENDS): Promise<Exchanged> {
  await using lane = await startLane(cluster.plane, { app: {} }, { bundle: OTHER });
  const { first, second, third } = await stepsOf(lane);
  const wrong: string[] = [...(await lane.take(first)).violations];
  const reformed = new Set<string>();
  const clean = new Map<string, unknown>();
  for (const bundle of new Set([OTHER, OURS])) {
    for (const step of [second, third]) {
      const lived = await lane.take(step);
      wrong.push(...lived.violations);
      clean.set(`${step.name} by ${bundle}`, lived.essence);
    }
    const taken = await takeOver(lane, { step: third, bundle: bundle === OTHER ? OURS : OTHER });
    wrong.push(...taken.wrong);
    for (const resource of taken.reformed) reformed.add(resource);
  }
  let count = 0;
  let running = OTHER;
  for (const atWrite of ENDS[when]) {
    const before = count;
    for (const step of [second, third]) {
      const heir = running === OTHER ? OURS : OTHER;
      const lived = await lane.take(step, { death: { when, atWrite }, heir, reformed });
      if (lived.died) running = heir;
      if (lived.died) count += 1;
      const found = [
        ...differences(lived.essence, clean.get(`${step.name} by ${running}`)),
        ...storms(lived.later, { events: EVENTS_A_REVISION }),
        ...(await malformed(lane.bed)),
      ];
      wrong.push(...lived.violations, ...found.map((text) => `${step.name}, ended at write ${atWrite} (${when}): ${text}`));
    }
    if (count === before) break;
  }
  wrong.push(...(await lane.rest(2_000)));
  return { count, reformed, wrong };
}

test('F35: a version that ends in the middle of an upgrade with a prune, and another that goes on with it, and back, end as one alone does', {
  timeout: 1_200_000,
}, async ({ annotate }) => {
  const exchanged = await Promise.all((['asked', 'after'] as const).map(exchangeAt));
  const count = exchanged.reduce((sum, each) => sum + each.count, 0);
  const reformed = new Set(exchanged.flatMap((each) => [...each.reformed]));
  await annotate(
    `${count} versions took over in the middle; written in another form: ${reformed.size === 0 ? 'nothing' : [...reformed].join(', ')}`,
  );
  expect(exchanged.flatMap(({ wrong }) => wrong)).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(OTHER === OURS ? 6 : 20);
});

/** It has found everything to be as the revision says, or made it so. */
const untilLooked = ({ logFile }: ControllerProcess, revision: string) =>
  expect.poll(() => readFile(logFile, 'utf8'), { timeout: 60_000 }).toContain(`Applied revision: ${revision}`);

const ELECTION = [
  '--enable-leader-election',
  '--leader-election-lease-duration=10s',
  '--leader-election-renew-deadline=7s',
  '--leader-election-retry-period=1s',
];

/** Events come after the status that they tell of: resolves when those of a revision that is ready are not told later, as if they were the next one's. */
async function untilAllTold({ records }: RequestTrace): Promise<void> {
  const asked = () => records.filter(({ resource }) => resource !== 'leases');
  const isOpen = ({ verb, durationMs }: RequestRecord) => verb !== 'watch' && durationMs === 0;
  for (let count = -1; count !== asked().length || asked().some(isOpen); ) {
    count = asked().length;
    await delay(QUIET_MS);
  }
}

/** What is written to objects, rather than told or kept alive. */
const isWork = ({ resource, ...request }: RequestRecord): boolean => isMutating(request) && !/^(events|leases)/.test(resource);

test('F35: a version that starts before the other one ends, as in a rolling update, waits for it, and writes nothing twice', {
  timeout: 240_000,
}, async () => {
  await using proxies = new AsyncDisposableStack();
  await using bed = await applierBed(cluster.plane);
  /** Each behind a proxy of its own: that one's trace is what this one has asked. */
  const start = async (bundle: string) => {
    const proxy = proxies.use(await startFaultProxy({ connection: cluster.plane.connection }));
    return { proxy, controller: await bed.start({ bundle, flags: ELECTION, kubeconfig: proxy.kubeconfigPath }) };
  };
  const files = g2Revisions(bed.namespace);
  let running = await start(OTHER);
  const installed = await bed.publish(files.first);
  await bed.kustomization('app');
  await bed.until('app', isReadyWith(installed));

  for (const [bundle, content] of [
    [OURS, files.second],
    [OTHER, files.third],
  ] as const) {
    const before = await worldOf(bed, 'app');
    const { trace } = running.proxy;
    await untilAllTold(trace);
    const since = trace.records.length;
    const slow = running.proxy.inject({ name: 'slow', verbs: ['apply'], action: { kind: 'delay', ms: 100 } });
    const revision = await bed.publish(content);
    await expect.poll(() => trace.records.slice(since).filter(isApply).length, { timeout: 30_000, interval: 10 }).toBeGreaterThan(0);
    const next = await start(bundle);
    expect(await running.controller.stop()).toBe(0);
    slow[Symbol.dispose]();
    await bed.until('app', isReadyWith(revision));
    await untilLooked(next.controller, revision);

    const [ended, begun] = [trace.records.slice(since), next.proxy.trace.records];
    expect([...storms(ended, { events: EVENTS_A_REVISION }), ...storms(begun, { events: EVENTS_A_REVISION })]).toEqual([]);
    const lastOfOne = Math.max(...ended.filter(isWork).map(({ atMs, durationMs }) => atMs + durationMs));
    expect(Math.min(...begun.filter(isWork).map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(Math.floor(lastOfOne));
    const after = await worldOf(bed, 'app');
    expect([orphansIn(after), phantomsIn(after), recreatedBetween(before, after), await malformed(bed)]).toEqual([[], [], [], []]);
    running = next;
  }
});

const jobs: Resource = { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', namespaced: true };
const JOB = JSON.stringify({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate' },
  spec: {
    ttlSecondsAfterFinished: 0,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'example.com/migrate:1' }] } },
  },
});

test('F35: a Job that has deleted itself is not run again by the version that comes next', { timeout: 120_000 }, async () => {
  await using bed = await applierBed(cluster.plane);
  const before = await bed.start({ bundle: OTHER });
  const revision = await bed.publish({ 'job.yaml': JOB, 'map.yaml': configMap('map') });
  await bed.kustomization('app');
  await bed.until('app', isReadyWith(revision));
  expect(await before.stop()).toBe(0);
  // As the controller of Jobs does when their time has come.
  const within = () => AbortSignal.timeout(20_000);
  const key = { namespace: bed.namespace, name: 'migrate' };
  await bed.client.delete(jobs, key, { signal: within(), propagation: 'Background' });
  const next = await bed.start({ bundle: OURS });
  await untilLooked(next, revision);
  await expect(bed.client.get(jobs, key, { signal: within() })).rejects.toSatisfy(isNotFound);
  expect((await bed.get('app'))?.status?.inventory?.entries).toHaveLength(2);
});
