import { setTimeout as delay } from 'node:timers/promises';
import { type ApiVerb, type Fault, seededRandom } from '@gotk/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApplierBed, isReadyWith } from './bed.ts';
import { type Lane, type Step, startLane } from './lane.ts';
import { ownCluster } from './own-cluster.ts';
import { onlyKeeper, twentyObjects } from './twenty-objects.ts';

const cluster = ownCluster();
const FAULT_MS = 2_500;
const CALLS: readonly ApiVerb[] = ['get', 'list', 'create', 'update', 'patch', 'apply', 'delete'];
const WRITES: readonly ApiVerb[] = ['create', 'update', 'patch', 'apply', 'delete'];

let lane: Lane;
let steps: readonly Step[];
const clean = new Map<Step, unknown>();

beforeAll(async () => {
  lane = await startLane(cluster.plane, { app: {} }, { flags: ['--min-retry-delay=100ms', '--max-retry-delay=1s'] });
  const { artifacts, namespace } = lane.bed;
  const never = () => false;
  steps = [
    { name: 'an install', artifact: await artifacts.pack(twentyObjects(namespace, 'first')), mayDelete: never },
    { name: 'an upgrade', artifact: await artifacts.pack(twentyObjects(namespace, 'second')), mayDelete: never },
    { name: 'a prune', artifact: await artifacts.pack(onlyKeeper), mayDelete: ({ name }) => name !== 'keeper' },
    { name: 'a deletion', artifact: undefined, mayDelete: () => true },
  ];
  for (const step of steps) clean.set(step, (await lane.take(step)).essence);
});
afterAll(() => lane[Symbol.asyncDispose]());

/** So many faults at once, for a while. */
const injecting =
  (...faults: readonly Fault[]) =>
  async ({ proxy }: ApplierBed): Promise<void> => {
    using stack = new DisposableStack();
    for (const fault of faults) stack.use(proxy.inject(fault));
    await delay(FAULT_MS);
  };

const first: NonNullable<Fault['calls']> = ({ ofPath }) => ofPath === 1;
const nth =
  (remainder: number): NonNullable<Fault['calls']> =>
  ({ overall }) =>
    overall % 3 === remainder;

/** One after the other, and now and then all watches break. */
async function spoilWatches({ proxy }: ApplierBed): Promise<void> {
  const random = seededRandom(1);
  const intrusions = ['expired', 'garbage', 'half-an-event', 'duplicate', 'older-event'] as const;
  for (let spent = 0; spent < FAULT_MS; spent += 100) {
    const what = intrusions[Math.floor(random() * (intrusions.length + 1))];
    if (what === undefined) proxy.breakWatches();
    else proxy.intrude(what);
    await delay(100);
  }
}

/** Nothing of a revision counts as applied while one object of it is refused. */
async function refuseOne(bed: ApplierBed, { artifact }: Step): Promise<void> {
  const path = /\/(configmaps\/settings-3|configmaps\/keeper)\?(?!.*dryRun)/;
  using refusal = bed.proxy.inject({
    name: '422',
    verbs: ['apply'],
    path,
    action: { kind: 'answer', status: 422, message: 'not this one' },
  });
  const until = performance.now() + FAULT_MS;
  while (performance.now() < until) {
    await delay(50);
    const found = await bed.get('app');
    if (refusal.hits > 0 && artifact !== undefined && found !== undefined && isReadyWith(artifact.revision)(found))
      throw new Error(`Ready although one object is refused: ${JSON.stringify(found.status)}`);
  }
}

const FAULTS: Readonly<Record<string, (bed: ApplierBed, step: Step) => Promise<void>>> = {
  'F1: an API server that is killed and comes back': async (_bed, { name }) => {
    // Each time takes seconds.
    if (name !== 'an upgrade' && name !== 'a prune') return;
    await delay(200);
    await cluster.plane.restart('kube-apiserver', { signal: 'SIGKILL', downMs: 500 });
  },
  'F2: one call in ten reset before, one after it was carried out, one cut off in its answer': injecting(
    { name: 'reset', verbs: CALLS, probability: 0.1, action: { kind: 'reset' } },
    { name: 'lost', verbs: CALLS, probability: 0.1, action: { kind: 'lose-response' } },
    { name: 'cut', verbs: CALLS, probability: 0.1, action: { kind: 'truncate', afterBytes: 100, ending: 'half-close' } },
  ),
  'F2: connections cut at random, watches as well': async ({ proxy }) => {
    using _cutting = proxy.resetAtRandom({ everyMs: 50 });
    await delay(FAULT_MS);
  },
  'F3, F5: watches that have expired, break, or bring garbage, halves, and the past': spoilWatches,
  'F6: 429 for everything, with the time to come back': injecting({
    name: '429',
    action: { kind: 'answer', status: 429, retryAfterSeconds: 1 },
  }),
  'F6: one or another 5xx for everything': injecting(
    { name: '500', calls: nth(0), action: { kind: 'answer', status: 500 } },
    { name: '503', calls: nth(0), action: { kind: 'answer', status: 503 } },
    { name: '504', action: { kind: 'answer', status: 504 } },
  ),
  'F7: 409 for the first write of each path': injecting({
    name: '409',
    verbs: WRITES,
    calls: first,
    action: { kind: 'answer', status: 409 },
  }),
  'F7: 422 for one object after its dry run': refuseOne,
  'F8: 404 for the first write about each object': injecting({
    name: '404',
    verbs: WRITES,
    calls: first,
    action: { kind: 'answer', status: 404 },
  }),
};

test.for(Object.entries(FAULTS))(
  '%s: an install, an upgrade, a prune and a deletion of 20 objects end as they do without',
  { timeout: 300_000 },
  async ([, fault], { annotate }) => {
    const began = performance.now();
    const violations: string[] = [];
    for (const step of steps) {
      const meanwhile = (bed: ApplierBed) => fault(bed, step);
      violations.push(...(await lane.take({ ...step, meanwhile }, { clean: clean.get(step) })).violations);
    }
    violations.push(...(await lane.rest(1_000)));
    await annotate(`${Math.round(performance.now() - began)} ms, of which ${steps.length * FAULT_MS} ms with the fault`);
    expect(violations).toEqual([]);
  },
);
