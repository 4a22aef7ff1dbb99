import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kustomizations } from '@gotk/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { expectUnaffected, lookAt, type Neighbours, startNeighbours } from './neighbours.ts';
import { ownCluster } from './own-controller.ts';
import { endOf, type OwnToolkit, startOwnToolkit } from './own-toolkit.ts';
import { condition, failsWith, isReady, resources, type Testbed } from './testbed.ts';

// The controller is the tests' own: what they measure is nobody else's doing.
const cluster = ownCluster();

const CANARY = `CANARY-${randomUUID()}`;
let stack: AsyncDisposableStack;
let bed: Testbed;
let toolkit: OwnToolkit;
let neighbours: Neighbours;
beforeAll(async () => {
  stack = new AsyncDisposableStack();
  bed = stack.use(await cluster.testbed());
  toolkit = stack.use(await startOwnToolkit(cluster, { namespace: bed.namespace, applierFlags: ['--no-remote-bases'] }));
  // As the token of a pod is: a file that the process may read, and nobody's Kustomization.
  await writeFile(join(toolkit.directory, 'token'), CANARY);
  neighbours = await startNeighbours(bed, 20);
  await bed.kustomization('sound', { path: './well-0', namePrefix: 'sound-', sourceRef: { kind: 'GitRepository', name: 'well' } });
});
afterAll(async () => {
  // Nothing that it was fed has ended it, or left a promise without an owner.
  const end = await endOf(toolkit.applier);
  await stack.disposeAsync();
  expect(end).toEqual({ code: 0, hasStrayErrors: false });
});

const out = '../'.repeat(20);
const aliasBomb = [
  'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: bomb }\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n',
  ...Array.from({ length: 10 }, (_, level) => `a${level + 1}: &a${level + 1} [${Array(10).fill(`*a${level}`)}]\n`),
].join('');
const mergeChain = [
  'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: chain }\nm0: &m0 { k0: v }\n',
  ...Array.from({ length: 4_000 }, (_, link) => `m${link + 1}: &m${link + 1} { <<: *m${link}, k${link + 1}: v }\n`),
].join('');
const wideMerge = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: wide }\na: &a { ${Array.from({ length: 1_000 }, (_, n) => `k${n}: v`).join(', ')} }\nb: { <<: [${Array(15_000).fill('*a').join(', ')}] }\n`;
const deep = '['.repeat(100_000);
const deepJson = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep"},"data":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
const resourcesOf = (...paths: readonly string[]) => `resources: [${['keep.yaml', ...paths].join(', ')}]\n`;

interface Input {
  readonly files: (directory: string) => Parameters<Awaited<ReturnType<Testbed['repository']>>['commit']>[1];
  readonly says: RegExp;
  readonly withinMs: number;
}

const INPUTS: Readonly<Record<string, Input>> = {
  'A1: a file of the pod, named from the source': {
    files: (directory) => ({
      'kustomization.yaml': `${resourcesOf()}configMapGenerator: [{ name: t, files: ['t=${out}${directory}/token'] }]\n`,
    }),
    says: /\/token' is not in or below the root of the source/,
    withinMs: 2_000,
  },
  'A1: a file of the pod, by its own path': {
    files: (directory) => ({
      'kustomization.yaml': `${resourcesOf()}configMapGenerator: [{ name: t, files: ['t=${directory}/token'] }]\n`,
    }),
    says: /there is no file '.*\/token'/,
    withinMs: 2_000,
  },
  'A2: links to a file, to the root and to themselves': {
    files: (directory) => ({
      'kustomization.yaml': resourcesOf('a', 'd/etc/passwd', 'loop', 't'),
      a: { linkTo: '/etc/passwd' },
      d: { linkTo: '/' },
      loop: { linkTo: 'loop' },
      t: { linkTo: `${directory}/token` },
    }),
    says: /there is no file or directory 'a'/,
    withinMs: 2_000,
  },
  'A3: a kustomization of itself': {
    files: () => ({ 'kustomization.yaml': 'resources: [.]\n' }),
    says: /cycle of kustomizations/,
    withinMs: 2_000,
  },
  'A3: two that are built on each other': {
    files: () => ({
      'kustomization.yaml': resourcesOf('a'),
      'a/kustomization.yaml': 'resources: [../b]\n',
      'b/kustomization.yaml': 'resources: [../a]\n',
    }),
    says: /cycle of kustomizations: .*a\/kustomization.yaml.*b\/kustomization.yaml/,
    withinMs: 2_000,
  },
  'A3: components in a circle': {
    files: () => ({
      'kustomization.yaml': `${resourcesOf()}components: [a]\n`,
      'a/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [../b]\n',
      'b/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncomponents: [../a]\n',
    }),
    says: /cycle of kustomizations/,
    withinMs: 2_000,
  },
  'A4: bases that are elsewhere': {
    files: () => ({ 'kustomization.yaml': resourcesOf("'https://evil.example.dev/x.yaml'", "'github.com/o/r?ref=--upload-pack=id'") }),
    says: /'https:\/\/evil\.example\.dev\/x\.yaml' is a remote resource/,
    withinMs: 2_000,
  },
  'A5: ten levels of ten aliases': { files: () => ({ 'bomb.yaml': aliasBomb }), says: /excessive aliasing/, withinMs: 1_000 },
  'A5: a chain of four thousand merges': {
    files: () => ({ 'bomb.yaml': mergeChain }),
    says: /merge keys exceeded .*10000/,
    withinMs: 1_000,
  },
  'A5: sixty kilobytes of merges': { files: () => ({ 'bomb.yaml': wideMerge }), says: /aliases exceeded .*10000/, withinMs: 1_000 },
  'A6: brackets a hundred thousand deep': {
    files: () => ({ 'deep.yaml': deep }),
    says: /deep\.yaml:1:\d+: .*(nest|deep)/,
    withinMs: 2_000,
  },
  'A6: JSON a hundred thousand deep': {
    files: () => ({ 'deep.yaml': deepJson }),
    says: /deep\.yaml:1:\d+: .*(nest|deep)/,
    withinMs: 2_000,
  },
  'A6: a patch a hundred thousand deep': {
    files: () => ({
      'kustomization.yaml': `${resourcesOf()}patches: [{ path: p.json, target: { kind: ConfigMap } }]\n`,
      'p.json': `[{"op":"add","path":"/data","value":${deep}${']'.repeat(100_000)}}]`,
    }),
    says: /(nest|deep)/,
    withinMs: 2_000,
  },
  'A26: an expression that other engines never finish': {
    files: () => ({
      'kustomization.yaml': `${resourcesOf('a.yaml')}patches: [{ target: { kind: ConfigMap, name: '(a+)+$' }, patch: '[]' }, { path: nowhere }]\n`,
      'a.yaml': configMap(`${'a'.repeat(60)}-b`, {}),
    }),
    says: /nowhere/,
    withinMs: 2_000,
  },
  'A7: a patch of a prototype': {
    files: () => ({
      'kustomization.yaml': `${resourcesOf()}patches: [{ target: { kind: ConfigMap }, patch: '[{"op":"add","path":"/__proto__/x","value":1}]' }]\n`,
    }),
    says: /__proto__/,
    withinMs: 2_000,
  },
};

async function said(name: string): Promise<string> {
  const { status } = (await bed.get(kustomizations, name)) ?? {};
  return JSON.stringify([status, await bed.events('Kustomization', name), await readFile(toolkit.applier.logFile, 'utf8')]);
}

test.each(Object.entries(INPUTS))(
  '%s fails its own Kustomization, in time, and nobody else notices',
  { timeout: 120_000 },
  async (title, input) => {
    const name = `p-${Object.keys(INPUTS).indexOf(title)}`;
    const repository = await bed.repository({ 'keep.yaml': configMap(`keep-${name}`, { key: 'git' }) });
    await bed.gitRepository(name, { url: repository.url, interval: '1s' });
    await bed.kustomization(name, { sourceRef: { kind: 'GitRepository', name } });
    const before = await bed.applier(name, isReady);
    const kept = await bed.get(resources.configMap, `keep-${name}`);

    const commit = await repository.commit('poison', input.files(toolkit.directory));
    const failed = await bed.applier(
      name,
      (it) => failsWith('BuildFailed')(it) && it.status?.lastAttemptedRevision === `main@sha1:${commit}`,
    );
    expect(condition(failed, 'Ready')?.message).toMatch(input.says);
    const looks: number[] = [];
    for (let look = 0; look < 3; look++) {
      const started = performance.now();
      await lookAt(bed, name);
      looks.push(performance.now() - started);
    }
    // What others do on the machine is not its doing.
    expect(Math.min(...looks)).toBeLessThan(input.withinMs);

    const measured = await expectUnaffected(bed, neighbours, { poisoned: [name], sound: ['sound'], controller: toolkit.applier });
    expect(measured.residentMiB.poisoned - measured.residentMiB.sound).toBeLessThan(64);

    // What was applied is as it was, and is still known to be.
    const { status } = await bed.applier(name, () => true);
    expect(status?.inventory).toEqual(before.status?.inventory);
    expect(status?.lastAppliedRevision).toBe(before.status?.lastAppliedRevision);
    expect(await bed.get(resources.configMap, `keep-${name}`)).toEqual(kept);
    expect(await said(name)).not.toMatch(new RegExp(`${CANARY}|root:x:0|RangeError|TypeError`));

    await bed.merge(kustomizations, name, { spec: { suspend: false } });
    const gone = Object.fromEntries(Object.keys(input.files(toolkit.directory)).map((path) => [path, null]));
    const good = `main@sha1:${await repository.commit('good', gone)}`;
    await bed.applier(name, (it) => isReady(it) && it.status?.lastAppliedRevision === good);
  },
);
