import type { Kustomization } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { ensureNamespace, eventually, seededRandom } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { type ApplierBed, applierBed, conditionOf } from './bed.ts';
import { configMap } from './config-map.ts';
import { ownCluster } from './own-cluster.ts';
import { specFields, walkFiles } from './spec-fields.ts';
import { differences, essenceOf, orphansIn, phantomsIn, worldOf } from './world.ts';

const cluster = ownCluster();

const IS_WHOLE = process.env.GOTK_FAULTS === 'whole';
const WALKS = IS_WHOLE ? 24 : 4;
const STEPS = IS_WHOLE ? 60 : 32;
/** After so many steps, what the walk has come to is compared with what comes of the same spec from scratch. */
const COMPARED_EVERY = 8;

const within = () => AbortSignal.timeout(30_000);
type Spec = Kustomization['spec'];

interface Walked {
  readonly wrong: readonly string[];
  /** How often it was held against the same from scratch, with objects. */
  readonly compared: number;
  /** How often it was not ready, because it must not be. */
  readonly refused: number;
}

/** The spec that a walk has come to, field by field. */
interface Walker {
  readonly name: string;
  readonly path: string[];
  readonly chosen: Map<string, { readonly value: unknown; readonly isValid: boolean }>;
  /** What it had without pruning stays, and is nobody's. */
  mayLeave: boolean;
}

const specOf = ({ chosen }: Walker) => Object.fromEntries([...chosen].map(([field, { value }]) => [field, value])) as Partial<Spec>;

/** Whatever depends on when something was done, and how often, rather than on what is wanted. */
function timeless(essence: unknown): unknown {
  const text = JSON.stringify(essence, (key, value: unknown) =>
    /^(observedGeneration|generation|deployment\.kubernetes.*)$/.test(key) ? undefined : value,
  );
  return JSON.parse(text.replaceAll(/passed in [\w.µ]+/g, 'passed'));
}

/** It says what is so for the spec as it is. */
const hasSettled = (it: Kustomization): boolean => {
  const ready = conditionOf(it, 'Ready');
  return ready !== undefined && ready.status !== 'Unknown' && ready.observedGeneration === it.metadata.generation;
};

async function clear(bed: ApplierBed, { name }: Walker): Promise<void> {
  await bed.remove(name);
  await bed.untilGone(name);
  for (const { apiVersion, kind, metadata } of (await worldOf(bed, name)).objects.values()) {
    const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const resource = await bed.client.mapper.resourceFor({ group, version, kind }, { signal: within() });
    await bed.client.delete(resource, { namespace: metadata.namespace ?? '', name: metadata.name }, { signal: within() });
  }
}

async function walk(bed: ApplierBed, seed: number, namespaces: readonly [string, string]): Promise<Walked> {
  const random = seededRandom(seed);
  const walker: Walker = { name: `walk-${seed}`, path: [], chosen: new Map(), mayLeave: false };
  const { name, chosen, path } = walker;
  const fields = Object.entries(specFields(name, namespaces)) as [string, { valid: readonly unknown[]; invalid?: readonly unknown[] }][];
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const choose = (field: string, isValid: boolean) => {
    const { valid, invalid = [] } = fields.find(([it]) => it === field)?.[1] ?? { valid: [] };
    const value = pick(isValid ? valid : invalid);
    chosen.set(field, { value, isValid });
    walker.mayLeave ||= field === 'prune' && value === false;
    path.push(`${field}=${JSON.stringify(value)}`);
  };
  const settled = async () => {
    await bed.kustomization(name, specOf(walker));
    return bed.until(name, hasSettled);
  };
  for (const [field, { valid }] of fields) chosen.set(field, { value: valid[0], isValid: true });

  const wrong: string[] = [];
  let [compared, refused] = [0, 0];
  const tell = (what: string) => wrong.push(`${name}: ${what} (${path.slice(-6).join(', ')})`);
  for (let step = 1; step <= STEPS; step += 1) {
    const [field, { invalid }] = pick(fields);
    choose(field, invalid === undefined || random() < 0.7);
    // Half of the time the next change comes while this one is being carried out.
    if (random() < 0.5) await bed.kustomization(name, specOf(walker));
    else {
      const isReady = conditionOf(await settled(), 'Ready')?.status === 'True';
      const isValid = [...chosen.values()].every((it) => it.isValid);
      if (!isReady && !isValid) refused += 1;
      if (isReady !== isValid)
        tell(`is ${isReady ? '' : 'not '}ready: ${conditionOf((await bed.get(name)) as Kustomization, 'Ready')?.message}`);
    }
    if (step % COMPARED_EVERY !== 0) continue;
    for (const [it, { isValid }] of chosen) if (!isValid) choose(it, true);
    if (conditionOf(await settled(), 'Ready')?.status !== 'True')
      tell(`did not recover: ${conditionOf((await bed.get(name)) as Kustomization, 'Ready')?.message}`);
    const walked = await worldOf(bed, name);
    const [orphans, phantoms] = [orphansIn(walked), phantomsIn(walked)];
    if (phantoms.length > 0) tell(`has in its inventory what is not there: ${phantoms}`);
    if (orphans.length > 0 && !walker.mayLeave) tell(`has forgotten ${orphans}`);
    const kept = new Map([...walked.objects].filter(([id]) => !orphans.includes(id)));
    await clear(bed, walker);
    await settled();
    walker.mayLeave = chosen.get('prune')?.value === false;
    const fresh = await worldOf(bed, name);
    if (fresh.objects.size > 0) compared += 1;
    for (const text of differences(
      timeless(essenceOf({ ...walked, objects: kept }, bed.namespace)),
      timeless(essenceOf(fresh, bed.namespace)),
    ))
      tell(text.replace('without a death', 'from scratch'));
  }
  return { wrong, compared, refused };
}

test('F37: Kustomizations that walk at random through what their specs can be, valid and not, always come to what the same spec comes to from scratch', {
  timeout: IS_WHOLE ? 1_800_000 : 240_000,
}, async ({ annotate }) => {
  await using bed = await applierBed(cluster.plane);
  const { client, namespace } = bed;
  const namespaces = [namespace, `${namespace}-b`] as const;
  await ensureNamespace(client, namespaces[1], within());
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'deployer', namespace } };
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `${namespace}-deployer` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'deployer', namespace }],
  };
  for (const object of [account, binding]) {
    const [group = '', version = ''] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
    const resource: Resource = await client.mapper.resourceFor({ group, version, kind: object.kind }, { signal: within() });
    await client.apply(resource, object, { fieldManager: 'test', force: true, signal: within() });
  }
  const controller = await bed.start({ flags: ['--concurrent=8', '--min-retry-delay=200ms', '--max-retry-delay=2s'] });
  const seeds = Array.from({ length: WALKS }, (_, index) => index + 1);
  const files = Object.assign({ 'base/map.yaml': configMap('base') }, ...seeds.map((seed) => walkFiles(`walk-${seed}`))) as Record<
    string,
    string
  >;
  await bed.publish(files);
  await bed.publish({ ...files, 'base/other.yaml': configMap('other') }, 'other');
  await bed.kustomization('base', { path: './base' });
  await eventually(async () => expect(conditionOf((await bed.get('base')) as Kustomization, 'Ready')?.status).toBe('True'), {
    timeoutMs: 30_000,
  });

  const walks = await Promise.all(seeds.map((seed) => walk(bed, seed, namespaces)));
  const wrong = walks.flatMap((it) => it.wrong);
  const [compared, refused] = [walks.reduce((sum, it) => sum + it.compared, 0), walks.reduce((sum, it) => sum + it.refused, 0)];
  await annotate(`${compared} times compared, ${refused} times rightly not ready`);
  expect(wrong).toEqual([]);
  expect(compared).toBe((WALKS * STEPS) / COMPARED_EVERY);
  expect(refused).toBeGreaterThan(WALKS);
  expect(controller.ended).toBe(false);
});
