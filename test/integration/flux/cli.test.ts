import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { resources } from '../testbed.ts';
import { rows, seat } from './seat.ts';

test('flux get, stats, tree, trace, events, export and debug read what we write', async () => {
  await using here = await seat();
  const { flux, commit, bed, set } = here;
  const revision = `main@sha1:${commit.slice(0, 8)}`;

  const listed = await flux('get', 'kustomizations', '--no-header');
  expect([listed.exitCode, listed.stderr]).toEqual([0, '']);
  expect(rows(listed.stdout).map((row) => row.slice(0, 5))).toEqual(
    Object.keys(set.kustomizations)
      .sort()
      .map((name) => [name, revision, 'False', 'True', `Applied revision: ${revision}`]),
  );
  const all = await flux('get', 'all', '--no-header');
  expect(rows(all.stdout).map(([name]) => name)).toEqual([
    'gitrepository/repo',
    ...Object.keys(set.kustomizations)
      .sort()
      .map((name) => `kustomization/${name}`),
  ]);
  expect((await flux('get', 'ks', '--status-selector', 'ready=false', '--no-header')).stdout.trim()).toBe('');
  const stats = rows((await flux('stats')).stdout);
  expect(stats.find(([kind]) => kind === 'Kustomization')?.slice(1, 4)).toEqual([String(Object.keys(set.kustomizations).length), '0', '0']);

  const tree = await flux('tree', 'ks', 'typed', '--output', 'json');
  expect(tree.exitCode).toBe(0);
  const { resources: leaves } = JSON.parse(tree.stdout) as {
    resources: readonly { resource: { Name: string; GroupKind: { Kind: string } } }[];
  };
  expect(leaves.map(({ resource }) => `${resource.GroupKind.Kind}/${resource.Name}`)).toEqual(
    expect.arrayContaining(['Deployment/web', 'Role/team:web', 'HorizontalPodAutoscaler/web', 'Secret/written']),
  );
  const trace = await flux('trace', 'deployment', 'prod-site');
  expect(trace.exitCode).toBe(0);
  for (const line of ['Managed by Flux', 'overlay', './overlay/prod', `main@sha1:${commit}`, 'Applied revision', 'repo', 'stored artifact'])
    expect(trace.stdout).toContain(line);

  const events = await flux('events', '--for', 'Kustomization/overlay');
  expect(events.stdout).toMatch(/Normal\s+Progressing\s+Kustomization\/overlay\s+.*created/);
  expect(events.stdout).toMatch(
    /Normal\s+ReconciliationSucceeded\s+Kustomization\/overlay\s+Reconciliation finished in .*, next run in 10m0s/,
  );
  expect(events.stdout).toMatch(/NewArtifact\s+GitRepository\/repo/);

  const exported = await flux('export', 'ks', 'overlay');
  expect([exported.exitCode, exported.stdout]).toEqual([
    0,
    expect.stringMatching(/kind: Kustomization[\s\S]*dependsOn:\n {2}- name: typed/),
  ]);
  expect(exported.stdout).not.toContain('status:');
  expect((await flux('debug', 'ks', 'overlay', '--show-vars')).stdout).toBe('PORT=8081\n');
  expect((await flux('debug', 'ks', 'overlay', '--show-history')).stdout).toContain(`revision: main@sha1:${commit}`);
  expect(await bed.get(resources.deployment, 'prod-site')).toBeDefined();
});

test('flux reconcile, suspend, resume, create and delete end as they should', async () => {
  await using here = await seat();
  const { flux, repository, bed } = here;
  const commit = await repository.commit('next', {
    'overlay/base/next.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: next }\n',
  });
  const reconciled = await flux('reconcile', 'kustomization', 'overlay', '--with-source');
  expect([reconciled.exitCode, reconciled.stderr]).toEqual([0, expect.stringContaining(`applied revision main@sha1:${commit}`)]);
  expect((await flux('reconcile', 'ks', 'nothing')).exitCode).toBe(1);

  expect((await flux('suspend', 'ks', 'overlay')).exitCode).toBe(0);
  expect(rows((await flux('get', 'ks', 'overlay', '--no-header')).stdout)[0]?.[2]).toBe('True');
  expect((await flux('reconcile', 'ks', 'overlay')).stderr).toContain('resource is suspended');
  const resumed = await flux('resume', 'ks', 'overlay');
  expect([resumed.exitCode, resumed.stderr]).toEqual([0, expect.stringContaining('reconciliation completed')]);

  await repository.commit('made', { 'made/it.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: made }\n' });
  await flux('reconcile', 'source', 'git', 'repo');
  const common = ['--source=GitRepository/repo', '--prune', '--interval=5m', `--target-namespace=${bed.namespace}`];
  const created = await flux('create', 'ks', 'made', '--path=./made', ...common);
  expect([created.exitCode, created.stderr]).toEqual([0, expect.stringContaining('Kustomization made is ready')]);
  expect(await bed.get(resources.configMap, 'made')).toBeDefined();
  expect((await flux('delete', 'ks', 'made', '--silent')).exitCode).toBe(0);
  await bed.untilGone(resources.configMap, 'made');
});

test.each(['flux', 'ours'] as const)(
  'flux diff finds no drift in what was applied by %s, and shows what a change would do',
  async (whose) => {
    await using here = await seat(whose);
    const { flux, work } = here;
    const diff = (name: string, path: string) => flux('diff', 'ks', name, '--path', join(work, path), '--progress-bar=false');
    for (const [name, path] of Object.entries({
      overlay: 'overlay/prod',
      typed: 'typed',
      definitions: 'definitions',
      jobs: 'jobs',
      claims: 'claims',
    }))
      expect([name, await diff(name, path)]).toEqual([name, { exitCode: 0, stdout: '', stderr: '' }]);

    // What is left alone is shown as such; a Secret whose sources are encrypted files is compared as it is in Git. Both as with Flux.
    expect((await diff('marked', 'marked')).stdout.replaceAll(here.bed.namespace, '<ns>')).toMatchInlineSnapshot(`
      "► ConfigMap/<ns>/once skipped
      ► ConfigMap/ skipped
      ► ConfigMap/<ns>/off deleted
      "
    `);
    const secret = await diff('secret', 'secret');
    expect(secret.stdout).not.toContain('s3cret');
    expect(secret.stdout).not.toContain('Secret/login');

    await writeFile(join(work, 'jobs/more.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: more }\n');
    const changed = await diff('jobs', 'jobs');
    expect([changed.exitCode, changed.stdout]).toEqual([1, expect.stringMatching(/^► ConfigMap\/\S+\/more created\n$/)]);

    const built = await flux('build', 'ks', 'overlay', '--path', join(work, 'overlay/prod'));
    expect([built.exitCode, built.stdout]).toEqual([0, expect.stringContaining('image: example.com/site:2.0.0')]);
    const masked = await flux('build', 'ks', 'secret', '--path', join(work, 'secret'));
    expect([masked.exitCode, masked.stdout]).toEqual([0, expect.stringContaining("password: '**SOPS**'")]);
  },
);

test.each(['flux', 'ours'] as const)(
  'flux reconcile waits for what cannot be built until its time is up, and flux get says why, with %s',
  async (whose) => {
    await using here = await seat(whose);
    const { flux, repository } = here;
    await repository.commit('broken', { 'claims/kustomization.yaml': 'resources: [missing.yaml]\n' });
    const failed = await flux('reconcile', 'ks', 'claims', '--with-source', '--timeout', '10s');
    expect([failed.exitCode, failed.stderr]).toEqual([1, expect.stringContaining('context deadline exceeded')]);
    // Where all takes long, the time may be up before there is anything to say.
    await eventually(
      async () => {
        const [row = []] = rows((await flux('get', 'ks', '--status-selector', 'ready=false', '--no-header')).stdout);
        expect([row[0], row[3], row[4]]).toEqual(['claims', 'False', expect.stringMatching(/kustomize build failed: .*missing\.yaml/)]);
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
  },
);
