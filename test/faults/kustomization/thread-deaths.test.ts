import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kustomization } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { type ApplierBed, applierBed, conditionOf, isReadyWith } from './bed.ts';
import { configMap, contentOf } from './config-map.ts';
import { ownCluster } from './own-cluster.ts';
import { type ThreadDeath, threadDeaths } from './threads/thread-deaths.ts';
import { orphansIn, phantomsIn, worldOf } from './world.ts';

const cluster = ownCluster();

const SOPS = new URL('../../../packages/kustomize-controller/test/testdata/sops/', import.meta.url);
const [KEYS, ENCRYPTED] = await Promise.all(['keys.agekey', 'patch.yaml'].map((name) => readFile(new URL(name, SOPS), 'utf8')));
const secrets: Resource = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };

interface Case {
  /** Also the directory of its own that the Kustomization is built from. */
  readonly name: string;
  readonly death: Omit<ThreadDeath, 'mark'>;
  readonly spec?: Partial<Kustomization['spec']>;
  readonly reason: string;
  readonly says: RegExp;
}

const decryption = (name: string) => ({ decryption: { provider: 'sops', secretRef: { name } } }) as const;
const lookedAt = (mark: string) => `['${mark}'].exists(it, it != '')`;

/** One Kustomization for each task that a thread does on its behalf. Each has a name that the input of its tasks alone has in it. */
const CASES: readonly Case[] = [
  {
    name: 'ends-in-build',
    death: { task: 'build', at: 'read', how: 'exit' },
    reason: 'BuildFailed',
    says: /^kustomize build failed: build worker ended with code 3$/,
  },
  {
    name: 'errs-in-build',
    death: { task: 'build', at: 'start', how: 'error' },
    reason: 'BuildFailed',
    says: /^kustomize build failed: build worker ended: it was told to die$/,
  },
  {
    name: 'hoards-in-build',
    death: { task: 'build', at: 'read', how: 'memory' },
    reason: 'BuildFailed',
    says: /^kustomize build failed: build (needed more than 256 MiB of memory|was ended because it held \d+ MiB)/,
  },
  {
    name: 'ends-in-decryption',
    death: { task: 'build-encrypted', at: 'read', how: 'exit' },
    spec: decryption('keys'),
    reason: 'BuildFailed',
    says: /^kustomize build failed: build-encrypted worker ended with code 3$/,
  },
  {
    name: 'ends-with-keys',
    death: { task: 'unwrap', at: 'start', how: 'exit' },
    spec: decryption('ends-with-keys'),
    reason: 'BuildFailed',
    says: /^failed to decrypt: unwrap worker ended with code 3$/,
  },
  {
    name: 'ends-in-health',
    death: { task: 'evaluate CEL', at: 'start', how: 'exit' },
    spec: { wait: true, healthCheckExprs: [{ apiVersion: 'v1', kind: 'ConfigMap', current: lookedAt('ends-in-health') }] },
    reason: 'HealthCheckFailed',
    says: /^health check failed: spec\.healthCheckExprs, 'current' for kind 'ConfigMap': evaluate CEL worker ended with code 3$/,
  },
  {
    name: 'ends-in-ready-expr',
    death: { task: 'evaluate CEL', at: 'start', how: 'exit' },
    spec: { dependsOn: [{ name: 'well', readyExpr: lookedAt('ends-in-ready-expr') }] },
    reason: 'DependencyNotReady',
    says: /^failed to evaluate dependency '.*\/well': evaluate CEL worker ended with code 3$/,
  },
];

const filesOf = (content: string) => ({
  ...Object.fromEntries(['well', ...CASES.map(({ name }) => name)].map((name) => [`${name}/map.yaml`, configMap(name, content)])),
  'ends-in-decryption/secret.yaml': ENCRYPTED ?? '',
});

/** Besides itself, in a source of its own: what is unpacked once serves everybody. */
const UNPACKED = { name: 'ends-in-unpacking', source: 'other' };

const hasFailed = (reason: string) => (it: Kustomization) => {
  const { status, reason: found } = conditionOf(it, 'Ready') ?? {};
  return status === 'False' && found === reason;
};

const PAUSES = /next may start in/;

/**
 * Asks for a look, and waits for the revision. Who is woken by its dependency as well as by its source may have died for the third time by now: that one is asked
 * again, until it has paused for long enough.
 */
async function untilHealed(bed: ApplierBed, name: string, revision: string): Promise<void> {
  const token = await bed.request(name);
  const answer = await bed.until(name, ({ status }) => status?.lastHandledReconcileAt === token);
  if (!PAUSES.test(conditionOf(answer, 'Ready')?.message ?? '')) return void (await bed.until(name, isReadyWith(revision)));
  await delay(1_000);
  await untilHealed(bed, name, revision);
}

async function giveKeys({ client, namespace }: ApplierBed): Promise<void> {
  for (const name of ['keys', 'ends-with-keys']) {
    const stringData = { 'age.agekey': `# ${name}\n${KEYS}` };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData };
    await client.apply(secrets, secret, { fieldManager: 'test', force: true, signal: AbortSignal.timeout(20_000) });
  }
}

test('F24: a thread that dies in the middle of a build, a decryption, an expression or an archive fails who it works for, and nobody else', {
  timeout: 120_000,
}, async ({ annotate }) => {
  await using deaths = await threadDeaths();
  await using bed = await applierBed(cluster.plane);
  // Nobody is to die so often before that is looked at as to have to pause.
  const controller = await bed.start({ nodeFlags: deaths.nodeFlags, flags: ['--min-retry-delay=2m', '--max-retry-delay=2m'] });
  await giveKeys(bed);
  const first = await bed.publish(filesOf('first'));
  await bed.kustomization('well', { path: './well' });
  await bed.until('well', isReadyWith(first));
  const before = await worldOf(bed, 'well');

  const archive = await bed.artifacts.pack({ 'map.yaml': configMap(UNPACKED.name) });
  const archiveName = archive.digest.replace(':', '-');
  await deaths.set([
    ...CASES.map(({ name, death }) => ({ ...death, mark: name })),
    { task: 'unpack', mark: archiveName, at: 'start', how: 'exit' },
  ]);
  await bed.point(archive, UNPACKED.source);
  // They are not to heal by themselves while they are looked at.
  for (const { name, spec } of CASES) await bed.kustomization(name, { path: `./${name}`, retryInterval: '10m', ...spec });
  await bed.kustomization(UNPACKED.name, { retryInterval: '10m', sourceRef: { kind: 'GitRepository', name: UNPACKED.source } });

  for (const { name, reason, says } of CASES) {
    const failed = await bed.until(name, hasFailed(reason));
    expect([name, conditionOf(failed, 'Ready')?.message]).toEqual([name, expect.stringMatching(says)]);
  }
  const unpacking = await bed.until(UNPACKED.name, hasFailed('ArtifactFailed'));
  expect(conditionOf(unpacking, 'Ready')?.message).toMatch(/^failed to unpack the artifact: unpack worker ended with code 3$/);

  const began = performance.now();
  const second = await bed.publish(filesOf('second'));
  await bed.until('well', isReadyWith(second));
  await annotate(`the neighbour had its new revision after ${Math.round(performance.now() - began)} ms`);
  const after = await worldOf(bed, 'well');
  expect([...after.objects.values()].map(contentOf)).toEqual(['second']);
  expect([...after.objects.values()].map(({ metadata }) => metadata.uid)).toEqual(
    [...before.objects.values()].map(({ metadata }) => metadata.uid),
  );

  await deaths.set([]);
  const names = [...CASES.map(({ name }) => name), UNPACKED.name];
  await Promise.all(names.map((name) => untilHealed(bed, name, name === UNPACKED.name ? archive.revision : second)));
  for (const name of names) {
    const world = await worldOf(bed, name);
    expect([name, orphansIn(world), phantomsIn(world), world.objects.size > 0]).toEqual([name, [], [], true]);
  }
  expect(controller.ended).toBe(false);
});

test('F24: whose builds kill one thread after the other is told to pause, others build meanwhile, and it goes well once the cause is gone', {
  timeout: 120_000,
}, async () => {
  await using deaths = await threadDeaths();
  await using bed = await applierBed(cluster.plane);
  const controller = await bed.start({ nodeFlags: deaths.nodeFlags, flags: ['--min-retry-delay=100ms', '--max-retry-delay=200ms'] });
  await deaths.set([{ task: 'build', mark: 'doomed', at: 'read', how: 'exit' }]);
  const files = (content: string) => ({ 'doomed/map.yaml': configMap('doomed', content), 'well/map.yaml': configMap('well', content) });
  await bed.publish(files('first'));
  await bed.kustomization('doomed', { path: './doomed' });
  await bed.kustomization('well', { path: './well' });
  const refused = await bed.until('doomed', (it) => PAUSES.test(conditionOf(it, 'Ready')?.message ?? ''));
  expect(conditionOf(refused, 'Ready')).toMatchObject({
    reason: 'BuildFailed',
    message: expect.stringMatching(
      /^kustomize build failed: build was not started: the last 3 tasks of .*\/doomed ended with their threads/,
    ),
  });
  const second = await bed.publish(files('second'));
  await bed.until('well', isReadyWith(second));
  await deaths.set([]);
  // Ten seconds are what the third death in a row costs.
  await bed.until('doomed', isReadyWith(second));
  expect(controller.ended).toBe(false);
});

test('F24: a thread that takes the whole process along, by a fault in native code, leaves nothing that the next process does not put right', {
  timeout: 120_000,
}, async () => {
  await using deaths = await threadDeaths();
  await using bed = await applierBed(cluster.plane);
  const doomed = await bed.start({ nodeFlags: deaths.nodeFlags });
  const first = await bed.publish({ 'doomed/map.yaml': configMap('map'), 'doomed/other.yaml': configMap('other') });
  await bed.kustomization('app', { path: './doomed' });
  await bed.until('app', isReadyWith(first));
  const before = await worldOf(bed, 'app');
  await deaths.set([{ task: 'build', mark: 'doomed', at: 'read', how: 'signal' }]);
  const second = await bed.publish({ 'doomed/map.yaml': configMap('map', 'second') });
  expect(await doomed.exited).toBe(128);
  expect((await bed.get('app'))?.status?.lastAppliedRevision).toBe(first);
  await deaths.set([]);
  await bed.start();
  await bed.until('app', isReadyWith(second));
  const after = await worldOf(bed, 'app');
  expect([orphansIn(after), phantomsIn(after), [...after.objects.values()].map(contentOf)]).toEqual([[], [], ['second']]);
  const uidOf = (world: typeof after, name: string) =>
    [...world.objects.values()].find(({ metadata }) => metadata.name === name)?.metadata.uid;
  expect(uidOf(after, 'map')).toBe(uidOf(before, 'map'));
});
