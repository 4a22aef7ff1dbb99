import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Kustomization, ociRepositories } from '@gotk/api';
import { startRegistry } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { filesOf } from '../artifact-files.ts';
import { ociRepository, REPOSITORY } from '../oci-artifacts.ts';
import { isReady, resources, testbed } from '../testbed.ts';
import { fluxCli } from './flux-cli.ts';
import { programsOf } from './programs.ts';
import { rows } from './seat.ts';

const configMap = (value: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app }\ndata: { a: "${value}" }\n`;

test('what flux push artifact has pushed is applied, and flux diff artifact tells it from what it is not', async () => {
  await using bed = await testbed();
  await using programs = await programsOf(bed);
  await using registry = await startRegistry();
  await programs.run('ours');
  const flux = fluxCli(bed);
  const work = await mkdtemp(join(inject('directory'), 'artifact-'));
  await mkdir(join(work, 'deploy'));
  await writeFile(join(work, 'deploy/app.yaml'), configMap('one'));
  const url = `oci://${registry.host}/${REPOSITORY}:latest`;
  const insecure = '--insecure-registry';
  const push = (revision: string) =>
    flux('push', 'artifact', url, `--path=${work}`, '--source=https://git.example/app.git', `--revision=${revision}`, insecure);
  const pushed = await push('main@sha1:1111');
  expect([pushed.exitCode, pushed.stderr]).toEqual([0, expect.stringContaining('artifact successfully pushed')]);

  await ociRepository(bed, registry);
  await bed.kustomization('app', { path: './deploy', sourceRef: { kind: 'OCIRepository', name: 'app' } });
  const ready = await bed.applier('app', isReady);
  expect(ready.status?.lastAppliedOriginRevision).toBe('main@sha1:1111');
  expect((await bed.get(resources.configMap, 'app'))?.data).toEqual({ a: 'one' });
  const [row] = rows((await flux('get', 'source', 'oci', '--no-header')).stdout);
  expect(row?.slice(0, 4)).toEqual(['app', expect.stringMatching(/^latest@sha256:[0-9a-f]{8}$/), 'False', 'True']);

  const same = await flux('diff', 'artifact', url, `--path=${work}`, insecure);
  expect([same.exitCode, same.stderr]).toEqual([0, expect.stringContaining('no changes detected')]);
  await writeFile(join(work, 'deploy/app.yaml'), configMap('two'));
  const changed = await flux('diff', 'artifact', url, `--path=${work}`, insecure);
  expect([changed.exitCode, changed.stdout + changed.stderr]).toEqual([1, expect.stringMatching(/contents? .*differ/)]);

  expect((await push('main@sha1:2222')).exitCode).toBe(0);
  expect((await flux('diff', 'artifact', url, `--path=${work}`, insecure)).exitCode).toBe(0);
  const reconciled = await flux('reconcile', 'ks', 'app', '--with-source');
  expect([reconciled.exitCode, reconciled.stderr]).toEqual([0, expect.stringContaining('applied revision latest@sha256:')]);
  const next = (it: Kustomization) => isReady(it) && it.status?.lastAppliedOriginRevision === 'main@sha1:2222';
  await bed.applier('app', next);
  expect((await bed.get(resources.configMap, 'app'))?.data).toEqual({ a: 'two' });
});

test('the artifact that we serve is the one that flux pull artifact gets', async () => {
  await using bed = await testbed();
  await using programs = await programsOf(bed);
  await using registry = await startRegistry();
  await programs.run('ours');
  const flux = fluxCli(bed);
  const work = await mkdtemp(join(inject('directory'), 'artifact-'));
  await writeFile(join(work, 'app.yaml'), configMap('one'));
  const url = `oci://${registry.host}/${REPOSITORY}:latest`;
  const flags = ['--source=here', '--revision=main@sha1:1111', '--insecure-registry'];
  expect((await flux('push', 'artifact', url, `--path=${work}`, ...flags)).exitCode).toBe(0);
  await ociRepository(bed, registry);
  const stored = await bed.until(ociRepositories, 'app', isReady);
  const pulled = await mkdtemp(join(inject('directory'), 'pulled-'));
  expect((await flux('pull', 'artifact', url, `--output=${pulled}`, '--insecure-registry')).exitCode).toBe(0);
  expect(await filesOf(stored.status?.artifact)).toEqual({ 'app.yaml': await readFile(join(pulled, 'app.yaml'), 'utf8') });
  const listed = await flux('list', 'artifacts', `oci://${registry.host}/${REPOSITORY}`, '--insecure-registry');
  const [, digest = 'none'] = stored.status?.artifact?.revision.split('@') ?? [];
  expect(listed.stdout).toContain(digest);
});
