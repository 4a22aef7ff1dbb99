import { gitRepositories, kustomizations } from '@gotk/api';
import { type KubeObject, parseDuration, type Unstructured } from '@gotk/apimachinery';
import { build, memoryTree } from '@gotk/kustomize';
import { expect, test } from 'vitest';
import { rows, seat } from './seat.ts';
import { allKustomizations, takeStock } from './stock.ts';

/** What `flux export` prints, object by object. */
const exported = (text: string): readonly Unstructured[] =>
  build(memoryTree({ 'kustomization.yaml': 'resources: [all.yaml]', 'all.yaml': text }), '.').objects;

const DURATIONS: ReadonlySet<string> = new Set(['interval', 'retryInterval', 'timeout']);

/** What people have written of an object. `flux` writes durations in other units, and leaves out what is false in any case. */
function written({ apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec }: KubeObject & { readonly spec?: unknown }) {
  const shown = JSON.stringify(spec, (key, value) => {
    if (key === 'force' && value === false) return undefined;
    return DURATIONS.has(key) ? parseDuration(value) : value;
  });
  return { apiVersion, kind, name, namespace, labels, annotations, spec: JSON.parse(shown) };
}

test('flux get all -A has them beside those of other namespaces', async () => {
  await using here = await seat();
  const { flux, bed, commit, set } = here;
  const revision = `main@sha1:${commit.slice(0, 8)}`;
  const listed = await flux('get', 'all', '-A', '--no-header');
  expect([listed.exitCode, listed.stderr]).toEqual([0, '']);
  const own = rows(listed.stdout).filter(([namespace]) => namespace === bed.namespace);
  expect(own.map(([, ...row]) => row.slice(0, 4))).toEqual([
    ['gitrepository/repo', revision, 'False', 'True'],
    ...Object.keys(set.kustomizations)
      .sort()
      .map((name) => [`kustomization/${name}`, revision, 'False', 'True']),
  ]);
});

test('flux export --all prints what was written, and nothing that a controller has added', async () => {
  await using here = await seat();
  const { flux, bed, set } = here;
  const printed = await flux('export', 'kustomization', '--all');
  expect([printed.exitCode, printed.stderr]).toEqual([0, '']);
  const live = await allKustomizations(bed);
  expect(live).toHaveLength(Object.keys(set.kustomizations).length);
  const byName = (a: KubeObject, b: KubeObject) => (a.metadata.name < b.metadata.name ? -1 : 1);
  expect(exported(printed.stdout).toSorted(byName).map(written)).toEqual(live.toSorted(byName).map(written));
  const sources = await flux('export', 'source', 'git', '--all');
  const { items } = await bed.client.list(gitRepositories, { namespace: bed.namespace, signal: bed.signal });
  expect(exported(sources.stdout).map(written)).toEqual(items.map(written));
});

test('flux suspend --all stops everything, and flux resume --all waits until all of it has caught up', async () => {
  await using here = await seat();
  const { flux, bed, repository, set } = here;
  const names = Object.keys(set.kustomizations);
  const suspended = await flux('suspend', 'kustomization', '--all');
  expect(suspended.exitCode).toBe(0);
  const column = async (index: number) => new Set(rows((await flux('get', 'ks', '--no-header')).stdout).map((row) => row[index]));
  expect(await column(2)).toEqual(new Set(['True']));

  // A commit that each of them could apply, and somebody who changes and deletes what they have applied.
  const before = await takeStock(bed);
  const next = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: next }\n';
  const commit = await repository.commit('next', { 'scaled/next.yaml': next });
  expect((await flux('reconcile', 'source', 'git', 'repo')).exitCode).toBe(0);
  expect((await flux('reconcile', 'ks', 'scaled')).exitCode).toBe(1);
  expect((await takeStock(bed)).objects).toEqual(before.objects);

  const resumed = await flux('resume', 'kustomization', '--all', '--wait');
  expect([resumed.exitCode, resumed.stderr.match(/reconciliation completed/g)?.length]).toEqual([0, names.length]);
  expect(await column(2)).toEqual(new Set(['False']));
  const applied = (await allKustomizations(bed)).map(({ status }) => status?.lastAppliedRevision);
  expect(new Set(applied)).toEqual(new Set([`main@sha1:${commit}`]));
  expect(Object.keys((await takeStock(bed)).objects)).toContain(`${bed.namespace}_next__ConfigMap`);

  expect((await flux('suspend', 'source', 'git', '--all')).exitCode).toBe(0);
  expect((await flux('reconcile', 'source', 'git', 'repo')).stderr).toContain('resource is suspended');
  const again = await flux('resume', 'source', 'git', '--all', '--wait');
  expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining(`fetched revision main@sha1:${commit}`)]);
});

test('flux delete leaves what a suspended Kustomization has applied, as with Flux', async () => {
  await using here = await seat();
  const { flux, bed } = here;
  expect((await flux('suspend', 'ks', 'scaled')).exitCode).toBe(0);
  const before = await takeStock(bed);
  expect((await flux('delete', 'ks', 'scaled', '--silent')).exitCode).toBe(0);
  await bed.untilGone(kustomizations, 'scaled');
  const left = Object.keys(before.objects).filter((id) => id.includes('_scaled_'));
  expect(left).toHaveLength(1);
  const live = await bed.client.get(
    { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true },
    { namespace: bed.namespace, name: 'scaled' },
    { signal: bed.signal },
  );
  expect(live.metadata.deletionTimestamp).toBeUndefined();
});
