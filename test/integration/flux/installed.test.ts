import { gvkOf } from '@gotk/apimachinery';
import { eventually } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { type Installation, install } from '../deploy/installation.ts';
import { buildOverlay, isCrd } from '../deploy/overlay.ts';
import { fluxCli } from './flux-cli.ts';
import { startKubelet } from './kubelet.ts';
import { seat } from './seat.ts';

/** deploy/install, its CRDs with their labels, and its Pods, in which nothing runs. */
async function installed(): Promise<Installation> {
  const installation = await install();
  const { client, namespace, signal } = installation;
  for (const definition of buildOverlay(namespace).filter(isCrd)) {
    const resource = await client.mapper.resourceFor(gvkOf(definition), { signal });
    await client.apply(resource, definition, { fieldManager: 'install', force: true, signal });
  }
  return installation;
}

test('flux check and flux version find the controllers and the CRDs of deploy/install', async () => {
  await using here = await installed();
  const flux = fluxCli(here);
  const checked = await flux('check', '--components=source-controller,kustomize-controller', '--poll-interval=1s');
  expect([checked.exitCode, checked.stderr]).toEqual([0, expect.stringContaining('all checks passed')]);
  for (const line of [
    'source-controller: deployment ready',
    'kustomize-controller: deployment ready',
    'kustomizations.kustomize.toolkit.fluxcd.io/v1',
    'gitrepositories.source.toolkit.fluxcd.io/v1',
    'distribution: flux-v0.1.0',
  ])
    expect(checked.stderr).toContain(line);
  const version = await flux('version', '--output=json');
  expect([version.exitCode, JSON.parse(version.stdout)]).toEqual([
    0,
    expect.objectContaining({ 'source-controller': 'v0.1.0', 'kustomize-controller': 'v0.1.0' }),
  ]);
});

test('flux logs reads what our controllers log, by kind, name, level and namespace', async () => {
  await using installation = await installed();
  await using here = await seat();
  const { bed, programs, repository, flux, commit } = here;
  await using _kubelet = await startKubelet(
    installation.connection,
    (pod) => programs.logFiles().find(({ name }) => pod.startsWith(name))?.path,
  );
  await repository.commit('broken', { 'claims/kustomization.yaml': 'resources: [missing.yaml]\n' });
  await flux('reconcile', 'ks', 'claims', '--with-source', '--timeout', '5s');

  const logs = async (...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await flux('logs', `--flux-namespace=${installation.namespace}`, ...args);
    expect([exitCode, stderr]).toEqual([0, '']);
    return stdout.split('\n').filter((line) => line !== '');
  };
  // Deployments appear a moment before their Pods.
  await eventually(async () => expect((await flux('logs', `--flux-namespace=${installation.namespace}`)).exitCode).toBe(0), {
    timeoutMs: 30_000,
  });
  const head = (kind: string, name: string, level: string) =>
    new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z ${level} ${kind}/${name}\\.${bed.namespace} - `);
  const sources = await logs('--kind=GitRepository');
  expect(sources).toContainEqual(expect.stringMatching(head('GitRepository', 'repo', 'info')));
  expect(sources.join('\n')).toContain(commit);
  const overlay = await logs('--kind=Kustomization', '--name=overlay');
  expect(overlay.filter((line) => !head('Kustomization', 'overlay', 'info').test(line))).toEqual([]);
  expect(overlay.join('\n')).toContain(`Applied revision: main@sha1:${commit}`);
  const errors = await logs('--level=error');
  expect(errors).toContainEqual(expect.stringMatching(/error Kustomization\/claims\.\S+ - .*missing\.yaml/));
  expect(errors.filter((line) => !line.includes('Kustomization/claims'))).toEqual([]);
  const everywhere = await flux('logs', `--flux-namespace=${installation.namespace}`, '-A');
  expect(everywhere.stdout.split('\n').length).toBeGreaterThan(overlay.length + sources.length);
});
