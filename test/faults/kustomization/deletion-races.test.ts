import { setTimeout as delay } from 'node:timers/promises';
import { type Kustomization, kustomizations } from '@gotk/api';
import { isConflict, isNotFound } from '@gotk/kube';
import { seededRandom } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { type ApplierBed, applierBed, conditionOf, NAME_LABEL } from './bed.ts';
import { configMap } from './config-map.ts';
import { ownCluster } from './own-cluster.ts';
import { orphansIn, phantomsIn, worldOf } from './world.ts';

const cluster = ownCluster();

// F29: what users do to one Kustomization, in any order and at any time.
const SEEDS = 40;
const STEPS = 6;
const LONGEST_PAUSE_MS = 400;
const CONVERGE_MS = 60_000;
const within = () => AbortSignal.timeout(20_000);

const POLICIES = ['MirrorPrune', 'Delete', 'WaitForTermination', 'Orphan'] as const;
const ACTIONS = ['create', 'narrow', 'widen', 'policy', 'suspend', 'resume', 'delete', 'recreate', 'lose source', 'find source'] as const;
type Action = (typeof ACTIONS)[number];

/** One Kustomization with a source of its own, and what is known of what became of it. */
interface Player {
  readonly name: string;
  readonly played: string[];
  policy: (typeof POLICIES)[number];
  suspended: boolean;
  /** It went while its policy, or its suspension, said that objects stay: some may be nobody's now. */
  mayLeave: boolean;
}

const filesOf = (name: string) => ({
  'wide/kustomization.yaml': 'resources: [../narrow, c.yaml, d.yaml]\n',
  'wide/c.yaml': configMap(`${name}-c`),
  'wide/d.yaml': configMap(`${name}-d`),
  'narrow/kustomization.yaml': 'resources: [a.yaml, b.yaml]\n',
  'narrow/a.yaml': configMap(`${name}-a`),
  'narrow/b.yaml': configMap(`${name}-b`),
});

async function act(bed: ApplierBed, player: Player, { action, random }: { readonly action: Action; readonly random: () => number }) {
  const { client, namespace } = bed;
  const { name } = player;
  const key = { namespace, name };
  const patch = (spec: Partial<Kustomization['spec']>) =>
    client.patch(kustomizations, { key, patch: { type: 'merge', body: { spec } } }, { signal: within() });
  const create = () =>
    bed.kustomization(name, { path: './wide', sourceRef: { kind: 'GitRepository', name }, deletionPolicy: player.policy, interval: '1m' });
  const remove = async () => {
    player.mayLeave ||= player.policy === 'Orphan' || player.suspended;
    await bed.remove(name);
  };
  const does: Readonly<Record<Action, () => Promise<unknown>>> = {
    create,
    narrow: () => patch({ path: './narrow' }),
    widen: () => patch({ path: './wide' }),
    policy: async () => {
      const policy = POLICIES[Math.floor(random() * POLICIES.length)] ?? 'Delete';
      await patch({ deletionPolicy: policy });
      // Of one that is being deleted the old one may count, or the new one.
      player.mayLeave ||= policy === 'Orphan' || player.policy === 'Orphan';
      player.policy = policy;
    },
    suspend: async () => {
      // What it was at that very moment: a look at it afterwards may find it gone.
      const { metadata } = await patch({ suspend: true });
      player.suspended = true;
      player.mayLeave ||= metadata.deletionTimestamp !== undefined;
    },
    resume: async () => {
      await patch({ suspend: false });
      player.suspended = false;
    },
    delete: remove,
    recreate: async () => {
      await remove();
      await bed.untilGone(name);
      player.suspended = false;
      await create();
    },
    'lose source': () => bed.loseSource(name),
    'find source': () => bed.publish(filesOf(name), name),
  };
  player.played.push(action);
  await does[action]().catch((error: unknown) => {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  });
}

async function play(bed: ApplierBed, seed: number): Promise<Player> {
  const random = seededRandom(seed);
  const player: Player = { name: `race-${seed}`, played: [], policy: 'MirrorPrune', suspended: false, mayLeave: false };
  const pick = (choices: readonly Action[]) => choices[Math.floor(random() * choices.length)] as Action;
  await bed.publish(filesOf(player.name), player.name);
  // The last steps leave nothing suspended or without a source, for everything to be judged by one rule.
  const actions: Action[] = [
    'create',
    ...Array.from({ length: STEPS }, () => pick(ACTIONS)),
    'find source',
    'resume',
    pick(['narrow', 'widen', 'delete']),
  ];
  for (const action of actions) {
    await act(bed, player, { action, random });
    await delay(random() * LONGEST_PAUSE_MS);
  }
  return player;
}

/** What is not as it has to be, as a sentence; undefined when all is well. */
async function wrongWith(bed: ApplierBed, { name, mayLeave }: Player): Promise<string | undefined> {
  const world = await worldOf(bed, name);
  const { kustomization } = world;
  const names = [...world.objects.values()].map(({ metadata }) => metadata.name).sort();
  if (kustomization === undefined) return mayLeave || names.length === 0 ? undefined : `${name} is gone and has left ${names}`;
  if (kustomization.metadata.deletionTimestamp !== undefined) return `${name} is held up`;
  const isReady =
    conditionOf(kustomization, 'Ready')?.status === 'True' &&
    kustomization.status?.observedGeneration === kustomization.metadata.generation;
  if (!isReady) return `${name} is not ready: ${conditionOf(kustomization, 'Ready')?.message}`;
  const phantoms = phantomsIn(world);
  if (phantoms.length > 0) return `${name} has in its inventory what is not there: ${phantoms}`;
  const expected = (kustomization.spec.path === './wide' ? ['a', 'b', 'c', 'd'] : ['a', 'b']).map((part) => `${name}-${part}`);
  const missing = expected.filter((part) => !names.includes(part));
  if (missing.length > 0) return `${name} is ready without ${missing}`;
  return mayLeave || orphansIn(world).length === 0 ? undefined : `${name} has forgotten ${orphansIn(world)}`;
}

test('F29: whatever users do to Kustomizations, and when, what is left is what is wanted, and nobody is held up', {
  timeout: 180_000,
}, async ({ annotate }) => {
  await using bed = await applierBed(cluster.plane);
  await bed.start({ flags: ['--min-retry-delay=200ms', '--max-retry-delay=2s', '--concurrent=8'] });
  const players = await Promise.all(Array.from({ length: SEEDS }, (_, index) => play(bed, index + 1)));
  const deadline = performance.now() + CONVERGE_MS;
  let wrong: readonly string[] = [];
  do {
    await delay(200);
    const found = await Promise.all(players.map(async (player) => [await wrongWith(bed, player), player.played.join(', ')] as const));
    wrong = found.flatMap(([what, played]) => (what === undefined ? [] : [`${what} (${played})`]));
  } while (wrong.length > 0 && performance.now() < deadline);
  expect(wrong).toEqual([]);
  const left = new Set((await bed.live()).map(({ metadata }) => metadata.labels?.[NAME_LABEL])).size;
  await annotate(`${left} of ${SEEDS} have objects in the end`);
  expect(left).toBeGreaterThan(5);
  const before = bed.writes().length;
  await delay(1_000);
  expect(bed.writes().slice(before)).toEqual([]);
});
