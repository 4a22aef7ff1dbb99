import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Unstructured } from '@gotk/apimachinery';
import { eventually, isMutating, type RequestRecord, readAuditLog, type TestRepository } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { resources, type Testbed, testbed } from '../testbed.ts';
import { estate, settle } from './estate.ts';
import { type Programs, programsOf, type Whose } from './programs.ts';
import { type Stock, takeStock, untilAllReady } from './stock.ts';

const QUICK = ['--requeue-dependency=1s'];
const GRACE_MS = 3_000;
/** What the programs keep for themselves. */
const OWN: ReadonlySet<string> = new Set(['events', 'kustomizations', 'gitrepositories', 'leases']);

/** Starts the others, and resolves when they have looked at everything, with what they have done by then. */
async function exchange(bed: Testbed, programs: Programs, { whose, names }: { readonly whose: Whose; readonly names: readonly string[] }) {
  await programs.stop();
  await delay(GRACE_MS);
  const before = await takeStock(bed);
  const startMs = Date.now();
  await programs.run(whose, QUICK);
  await eventually(
    async () => {
      for (const name of names) expect([name, await programs.looks(name)]).not.toEqual([name, 0]);
    },
    { timeoutMs: 90_000, intervalMs: 250 },
  );
  await delay(GRACE_MS);
  return { before, writes: await writesSince(bed, startMs), events: await eventsSince(bed, startMs) };
}

/** What the programs under test have written to objects of the namespace, other than their own. */
async function writesSince({ namespace }: Testbed, startMs: number): Promise<readonly RequestRecord[]> {
  const records = readAuditLog(await readFile(inject('auditLog'), 'utf8'));
  return records.filter(
    (it) =>
      it.namespace === namespace && it.atMs >= startMs && isMutating(it) && it.dryRun !== true && !OWN.has(it.resource.split('/')[0] ?? ''),
  );
}

async function eventsSince({ client, namespace, signal }: Testbed, startMs: number): Promise<readonly string[]> {
  const { items } = await client.list(resources.event, { namespace, signal });
  return (items as readonly Unstructured[])
    .filter(({ lastTimestamp, source }) => {
      const { component } = source as { component?: string };
      return Date.parse(String(lastTimestamp)) > startMs && component === 'kustomize-controller';
    })
    .map(({ involvedObject, reason, message }) => `${(involvedObject as { name: string }).name} ${reason}: ${message}`);
}

function expectSame(after: Stock, before: Stock): void {
  expect(after.objects).toEqual(before.objects);
  expect(withoutClaims(after.resourceVersions)).toEqual(withoutClaims(before.resourceVersions));
}

/** The API server gives a PersistentVolumeClaim a new version when it is applied for the second time, whatever is in it. */
const withoutClaims = (all: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(all).filter(([id]) => !/claim/i.test(id)));

async function established(bed: Testbed, programs: Programs, whose: Whose) {
  const set = await estate(bed);
  const names = Object.keys(set.kustomizations);
  const repository = await settle(bed, set);
  await programs.run(whose, QUICK);
  await untilAllReady(bed, names, await headOf(repository));
  return { names, repository };
}

const headOf = (repository: TestRepository): Promise<string> => repository.git('rev-parse', 'HEAD');

const dataOf = async (bed: Testbed, name: string) => (await bed.get(resources.configMap, name))?.data;

/** A commit goes live, what it no longer has is deleted, and drift is undone: whoever applied it before. */
async function expectGoesOn(bed: Testbed, names: readonly string[], repository: TestRepository): Promise<void> {
  const before = await takeStock(bed);
  const text = (value: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: next }\ndata: { a: ${value} }\n`;
  await repository.commit('next', { 'scaled/next.yaml': text('new') });
  await bed.request(gitRepository, 'repo');
  await untilAllReady(bed, names, await headOf(repository));
  const after = await takeStock(bed);
  expect(await dataOf(bed, 'next')).toEqual({ a: 'new' });
  expect(after.objects).toMatchObject(before.objects);
  await bed.client.delete(resources.configMap, { namespace: bed.namespace, name: 'next' }, { signal: bed.signal });
  await bed.merge(resources.configMap, 'touched', { data: { a: 'drift' } }, 'somebody');
  for (const name of ['scaled', 'marked']) await bed.request(kustomization, name);
  await eventually(
    async () => {
      expect(await dataOf(bed, 'next')).toEqual({ a: 'new' });
      expect(await dataOf(bed, 'touched')).toEqual({ a: 'git' });
    },
    { timeoutMs: 60_000 },
  );
  await repository.commit('gone', { 'scaled/next.yaml': null });
  await bed.request(gitRepository, 'repo');
  await untilAllReady(bed, names, await headOf(repository));
  await eventually(async () => expect(await dataOf(bed, 'next')).toBeUndefined(), { timeoutMs: 60_000 });
}

const gitRepository = {
  group: 'source.toolkit.fluxcd.io',
  version: 'v1',
  kind: 'GitRepository',
  plural: 'gitrepositories',
  namespaced: true,
};
const kustomization = {
  group: 'kustomize.toolkit.fluxcd.io',
  version: 'v1',
  kind: 'Kustomization',
  plural: 'kustomizations',
  namespaced: true,
};

test('what Flux has applied is taken over as it is, lives on, and is given back as it is', async () => {
  await using bed = await testbed();
  await using programs = await programsOf(bed);
  const { names, repository } = await established(bed, programs, 'flux');
  // What others may change is theirs, before and after.
  await bed.merge(resources.configMap, 'merged', { data: { added: 'x' } }, 'kubectl-edit');
  await bed.merge(resources.deployment, 'scaled', { spec: { replicas: 3 } }, 'autoscaler');

  const { before, events, writes } = await exchange(bed, programs, { whose: 'ours', names });
  const after = await takeStock(bed);
  expectSame(after, before);
  // A dependant says that it waits when the look at its dependency takes longer than a second.
  const told = new Set(events.map((event) => event.split(' ')[0] ?? ''));
  expect([...told].filter((name) => name !== 'claims' && name !== 'overlay')).toEqual([]);
  const untold = ({ statuses }: Stock) => Object.entries(statuses).filter(([name]) => !told.has(name));
  expect(untold(after)).toEqual(untold(before));
  // Each is applied once, to be certain, and the server finds nothing to write.
  expect(writes.filter(({ verb }) => verb !== 'apply')).toEqual([]);
  expect(writes.length).toBeLessThanOrEqual(Object.keys(before.objects).length);
  await expectGoesOn(bed, names, repository);

  const { before: ours } = await exchange(bed, programs, { whose: 'flux', names });
  await untilAllReady(bed, names, await headOf(repository));
  expectSame(await takeStock(bed), ours);
  await expectGoesOn(bed, names, repository);
});

test('what Flux was killed at is finished, and nothing of it is made anew or lost', async () => {
  await using bed = await testbed();
  await using programs = await programsOf(bed);
  const set = await estate(bed);
  const names = Object.keys(set.kustomizations);
  const repository = await settle(bed, set);
  await programs.run('flux', QUICK);
  await bed.until(resources.configMap, 'plain', () => true);
  await programs.stop('SIGKILL');
  const halfway = await uidsOf(bed);
  await programs.run('ours', QUICK);
  await untilAllReady(bed, names, await headOf(repository));
  expect(await uidsOf(bed)).toMatchObject(halfway);
  await expectGoesOn(bed, names, repository);
});

/** Of what Kustomizations have applied, whether it is on record or not. */
async function uidsOf({ client, namespace, signal }: Testbed): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const resource of [resources.configMap, resources.secret, resources.service, resources.deployment])
    for (const { metadata } of (await client.list(resource, { namespace, labelSelector: 'kustomize.toolkit.fluxcd.io/name', signal }))
      .items)
      found[`${resource.kind}/${metadata.name}`] = metadata.uid ?? '';
  return found;
}
