import { setTimeout as delay } from 'node:timers/promises';
import { helmCharts, helmRepositories } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { type ControllerProcess, createGpgHome, makeSshKey, startSshServer } from '@gotk/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secret } from './git-manifests.ts';
import { quantile } from './measures.ts';
import { ownCluster, ownController } from './own-controller.ts';
import { type Strangers, startBusyNeighbours, startStrangers } from './strangers.ts';
import { condition, isReady, type Testbed } from './testbed.ts';
import { KINDS, type Source, wellSources } from './well-sources.ts';

// Twenty sources that are well, and one of the same kind that is not. What a look at one of the twenty takes while somebody asks for the other again and again is
// compared with what it takes while that one is suspended, turn by turn, in one run.

const cluster = ownCluster();
const WELL = Array.from({ length: 20 }, (_, n) => `well-${n}`);
/** How often each side has its turn: at least, and at most if a machine that others use as well has had its moments. */
const TURNS = { atLeast: 2, atMost: 8 };
/** What is no more than noise where other tests, five servers and a control plane have the same two processors; `GOTK_NOISE_MS=0` on a machine that has nothing else to do. */
const NOISE_MS = Number(process.env.GOTK_NOISE_MS ?? 500);

type Kind = keyof typeof KINDS | 'chart';
interface Ground {
  readonly bed: Testbed;
  readonly hosts: Strangers['hosts'];
  readonly stack: AsyncDisposableStack;
}
type Spec = Readonly<Record<string, unknown>>;

const KINDS_OF_WELL: readonly Kind[] = ['git', 'helm', 'chart', 'oci', 'bucket'];

const resourceOf = (kind: Kind): Resource<Source> => (kind === 'chart' ? helmCharts : KINDS[kind].resource) as unknown as Resource<Source>;

const at =
  (kind: keyof typeof KINDS, what: keyof Strangers['hosts'], more: Spec = {}) =>
  ({ hosts }: Ground): Spec => ({ ...KINDS[kind].spec(hosts[what]), ...more });

const chartAt =
  (what: keyof Strangers['hosts']) =>
  async ({ bed, hosts }: Ground): Promise<Spec> => {
    await bed.apply(helmRepositories as unknown as Resource, {
      metadata: { name: 'bad-charts' },
      spec: { interval: '10m', ...KINDS.helm.spec(hosts[what]) },
    });
    return { chart: 'bad', sourceRef: { kind: 'HelmRepository', name: 'bad-charts' } };
  };

async function linked({ bed }: Ground): Promise<Spec> {
  const links = { a: { linkTo: '/etc/passwd' }, d: { linkTo: '/' }, loop: { linkTo: 'loop' }, out: { linkTo: '../../secret' } };
  return { url: (await bed.repository({ 'b.yaml': 'b: 1\n', ...links })).url };
}

async function unsigned({ bed, stack }: Ground): Promise<Spec> {
  const home = stack.use(await createGpgHome());
  const key = await home.makeKey({ type: 'ed25519' });
  await secret(bed, 'keys', { 'author.asc': await home.exportPublicKeys(key) });
  return { url: (await bed.repository({ 'a.yaml': 'a: 1\n' })).url, verify: { mode: 'HEAD', secretRef: { name: 'keys' } } };
}

async function otherHostKey({ bed, stack }: Ground): Promise<Spec> {
  const key = await makeSshKey({ type: 'ed25519' });
  const server = stack.use(await startSshServer({ authorizedKeys: [key.publicKey] }));
  const other = stack.use(await startSshServer({ authorizedKeys: [key.publicKey] }));
  const repository = await server.createRepository('app');
  await repository.commit('first', { 'a.yaml': 'a: 1\n' });
  const address = /\[[^\]]+\]:\d+/.exec(server.knownHosts.plain)?.[0] ?? '';
  const knownHosts = other.knownHosts.plain.replaceAll(/\[[^\]]+\]:\d+/g, address);
  await secret(bed, 'ssh', { identity: key.privateKey, known_hosts: knownHosts });
  return { url: repository.url, secretRef: { name: 'ssh' } };
}

async function slowPatterns({ bed }: Ground): Promise<Spec> {
  const names = Array.from({ length: 200 }, (_, n) => [`${'a'.repeat(200)}${n}`, 'a\n'] as const);
  const repository = await bed.repository(Object.fromEntries(names));
  return { url: repository.url, ignore: `${'*a'.repeat(40)}b\n`.repeat(100) };
}

async function manyTags({ bed }: Ground): Promise<Spec> {
  const repository = await bed.repository({ 'a.yaml': 'a: 1\n' });
  return { url: repository.url, ref: { semver: Array.from({ length: 10_000 }, (_, n) => `>${n}.0.0`).join(' || ') } };
}

/** How long a server that has nothing to say is listened to. */
const SHORT = { timeout: '2s' };

interface Poison {
  readonly what: string;
  readonly kind: Kind;
  readonly spec: (ground: Ground) => Spec | Promise<Spec>;
  /** It is only costly, and ready in the end. */
  readonly isSound?: true;
}

const POISONS: readonly Poison[] = [
  { what: 'A2: a repository with links to everywhere', kind: 'git', spec: linked, isSound: true },
  { what: 'A6: an index with brackets a hundred thousand deep', kind: 'helm', spec: at('helm', 'brackets a hundred thousand deep') },
  { what: 'A10: a chart of a gigabyte', kind: 'chart', spec: chartAt('a chart of a gigabyte') },
  { what: 'A10: a chart with a file of 6 MiB', kind: 'chart', spec: chartAt('a chart with a file of 6 MiB') },
  { what: 'A11: an index of 51 MiB', kind: 'helm', spec: at('helm', 'an index of 51 MiB') },
  { what: 'A11: an index of 200,000 versions', kind: 'helm', spec: at('helm', 'an index of 200,000 versions'), isSound: true },
  { what: 'A12: a redirect to another port', kind: 'helm', spec: at('helm', 'a redirect to another port') },
  { what: 'A13: a realm of somebody else', kind: 'oci', spec: at('oci', 'a realm of somebody else') },
  { what: 'A14: a layer of other bytes than its manifest says', kind: 'oci', spec: at('oci', 'a layer of other bytes than it says') },
  { what: 'A15: a pack that unfolds to gigabytes', kind: 'git', spec: at('git', 'a bomb of deltas') },
  { what: 'A16: a million references', kind: 'git', spec: at('git', 'a million references'), isSound: true },
  { what: 'A17: a tree that leads out of the repository', kind: 'git', spec: at('git', 'a tree that leads out of the repository') },
  { what: 'A18: a server with another host key', kind: 'git', spec: otherHostKey },
  { what: 'A19: a commit that is not signed', kind: 'git', spec: unsigned },
  { what: 'A26: patterns that are made to be slow', kind: 'git', spec: slowPatterns, isSound: true },
  { what: 'A26: a range of ten thousand alternatives', kind: 'git', spec: manyTags },
  { what: 'F19: a Git server that says nothing', kind: 'git', spec: at('git', 'says nothing', SHORT) },
  { what: 'F19: a Git server that never ends', kind: 'git', spec: at('git', 'never ends', SHORT) },
  { what: 'F19: a Helm repository that never ends', kind: 'helm', spec: at('helm', 'never ends', SHORT) },
  { what: 'F19: a registry that never ends', kind: 'oci', spec: at('oci', 'never ends', SHORT) },
  { what: 'F19: a bucket that never ends', kind: 'bucket', spec: at('bucket', 'never ends', SHORT) },
  { what: 'P3: a bomb of aliases', kind: 'helm', spec: at('helm', 'a bomb of aliases') },
  { what: 'P3: a bomb of files', kind: 'oci', spec: at('oci', 'a bomb of files') },
  { what: 'P3: a bomb of pages', kind: 'bucket', spec: at('bucket', 'a bomb of pages', SHORT) },
];

interface Named {
  readonly kind: Kind;
  readonly name: string;
}

const create = (bed: Testbed, { kind, name }: Named, spec: Spec) =>
  bed.apply(resourceOf(kind) as unknown as Resource, {
    metadata: { name },
    spec: { interval: '10m', ...(kind === 'git' ? { ref: { branch: 'main' } } : {}), ...spec },
  });

const look = async (bed: Testbed, { kind, name }: Named): Promise<number> => {
  const started = performance.now();
  const token = await bed.request(resourceOf(kind), name);
  await bed.until(resourceOf(kind), name, ({ status }) => status?.lastHandledReconcileAt === token);
  return performance.now() - started;
};

const isRunning = ({ pid }: ControllerProcess): boolean => process.kill(pid, 0);

/** Lets an object work, and has somebody ask for it over and over, until disposed. */
async function pestered(bed: Testbed, { kind, name }: Named): Promise<AsyncDisposable> {
  await bed.merge(resourceOf(kind), name, { spec: { suspend: false } });
  let over = false;
  const asking = (async () => {
    while (!over) {
      await bed.request(resourceOf(kind), name);
      await delay(100);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      over = true;
      await asking;
      await bed.merge(resourceOf(kind), name, { spec: { suspend: true } });
    },
  };
}

let ground: Ground & { readonly controller: ControllerProcess };
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  const bed = stack.use(await cluster.testbed());
  const place = stack.use(await ownController(cluster, bed));
  const controller = stack.use(await place.start());
  const { hosts } = stack.use(await startStrangers());
  const specs = await wellSources(bed, stack);
  await create(bed, { kind: 'helm', name: 'charts' }, specs.helm);
  const well: Readonly<Record<Kind, Spec>> = { ...specs, chart: { chart: 'app', sourceRef: { kind: 'HelmRepository', name: 'charts' } } };
  for (const kind of KINDS_OF_WELL) {
    for (const name of WELL) await create(bed, { kind, name }, well[kind]);
    for (const name of WELL) await bed.until(resourceOf(kind), name, isReady);
  }
  ground = { bed, hosts, stack, controller };
}, 180_000);
afterAll(() => stack.disposeAsync());

interface Sides {
  readonly well: readonly Named[];
  readonly bad: readonly Named[];
  /** Threads of nobody have the processors while the bad ones are suspended: of what others cannot have then nobody is the cause. */
  readonly busy?: true;
}

/** Fails if looks at those that are well take more than twice as long at p99 while somebody asks for the bad ones, over and over, as while these are suspended. */
async function compare(bed: Testbed, { well, bad, busy }: Sides): Promise<void> {
  const took = { alone: [] as number[], beside: [] as number[] };
  const p99 = () => ({ alone: quantile(took.alone, 0.99), beside: quantile(took.beside, 0.99) });
  const isSlower = () => p99().beside > Math.max(2 * p99().alone, NOISE_MS);
  for (let turn = 0; turn < TURNS.atLeast || (isSlower() && turn < TURNS.atMost); turn++) {
    {
      await using stack = new AsyncDisposableStack();
      if (busy) stack.use(startBusyNeighbours());
      for (const each of well) took.alone.push(await look(bed, each));
    }
    await using stack = new AsyncDisposableStack();
    for (const each of bad) stack.use(await pestered(bed, each));
    for (const each of well) took.beside.push(await look(bed, each));
  }
  expect(isSlower(), `p99 in ms: ${JSON.stringify(p99())}`).toBe(false);
}

const statesOf = (bed: Testbed, all: readonly Named[]) => Promise.all(all.map(({ kind, name }) => bed.get(resourceOf(kind), name)));

test.each(POISONS)(
  '$what: twenty others stay ready, and their looks take at most twice as long at p99',
  {
    timeout: 120_000,
  },
  async ({ what, kind, spec, isSound = false }) => {
    const { bed, controller } = ground;
    const well = WELL.map((name) => ({ kind, name }));
    const bad = { kind, name: `bad-${POISONS.findIndex((each) => each.what === what)}` };
    const before = await statesOf(bed, well);
    await create(bed, bad, { ...(await spec(ground)), suspend: true });

    await compare(bed, { well, bad: [bad] });

    const after = await statesOf(bed, well);
    expect(after.map((it) => it !== undefined && isReady(it))).toEqual(well.map(() => true));
    expect(after.map((it) => it?.status?.artifact)).toEqual(before.map((it) => it?.status?.artifact));
    expect(isRunning(controller), 'the controller').toBe(true);
    await bed.merge(resourceOf(kind), bad.name, { spec: { suspend: false } });
    await bed.until(resourceOf(kind), bad.name, (it) => condition(it, 'Ready')?.status === (isSound ? 'True' : 'False'));
    await bed.client.delete(resourceOf(kind), { namespace: bed.namespace, name: bad.name }, { signal: bed.signal });
  },
);

test('P3: a hundred of five kinds keep their pace beside one that computes, one that fills the memory, and one that hangs', {
  timeout: 300_000,
}, async () => {
  const { bed, controller } = ground;
  const well = WELL.flatMap((name) => KINDS_OF_WELL.map((kind) => ({ kind, name })));
  const bad = {
    computes: { kind: 'bucket', spec: at('bucket', 'a bomb of pages', SHORT) },
    fills: { kind: 'git', spec: at('git', 'a bomb of deltas') },
    hangs: { kind: 'oci', spec: at('oci', 'says nothing', SHORT) },
  } as const;
  for (const [name, { kind, spec }] of Object.entries(bad)) await create(bed, { kind, name }, { ...spec(ground), suspend: true });

  await compare(bed, { well, bad: Object.entries(bad).map(([name, { kind }]) => ({ kind, name })), busy: true });

  expect((await statesOf(bed, well)).every((it) => it !== undefined && isReady(it))).toBe(true);
  expect(isRunning(controller), 'the controller').toBe(true);
});
