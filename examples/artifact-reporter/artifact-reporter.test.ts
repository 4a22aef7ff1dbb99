import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitRepositories } from '@gotk/api';
import type { KubeObject, Resource, Unstructured } from '@gotk/apimachinery';
import { createKubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { customResourceDefinitions, ensureNamespace, eventually, startControllerProcess, startGitServer } from '@gotk/testkit';
import { load } from 'js-yaml';
import { expect, inject, test } from 'vitest';
import { artifactReports, configMaps } from './report.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly kubeconfigPath: string;
  }
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
test('the example is a controller of under a hundred lines', async () => {
  const files = await Promise.all(['report.ts', 'controller.ts', 'main.ts'].map((name) => readFile(here(name), 'utf8')));
  expect(files.join('').split('\n').length).toBeLessThan(100);
});

test('a report follows its source: from nothing to the first commit, and on to the next', async () => {
  await using stack = new AsyncDisposableStack();
  const signal = AbortSignal.timeout(60_000);
  const kubeconfig = inject('kubeconfigPath');
  const client = createKubeClient({ connection: await loadConnection({ kubeconfigPath: kubeconfig }), userAgent: 'test' });
  stack.defer(() => client.close());
  const namespace = `t-${randomBytes(4).toString('hex')}`;
  await ensureNamespace(client, namespace, signal);
  const apply = async <T extends KubeObject>(resource: Resource<T>, object: unknown) =>
    client.apply(resource, object as T, { fieldManager: 'test', force: true, signal });
  await apply(customResourceDefinitions, load(await readFile(here('crd.yaml'), 'utf8')) as Unstructured);
  await eventually(() => client.list(artifactReports, { signal }));

  const directory = await mkdtemp(join(tmpdir(), 'artifact-reporter-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  stack.use(
    await startControllerProcess({
      name: 'artifact-reporter',
      bundle: here('main.ts'),
      kubeconfig,
      namespace,
      logFile: join(directory, 'log'),
      temporaryDirectory: directory,
      flags: ['--watch-all-namespaces=false'],
    }),
  );
  const status = async () => {
    const { status } = (await client.get(artifactReports, { namespace, name: 'apps' }, { signal })) as KubeObject & {
      readonly status?: { readonly conditions?: readonly { readonly type: string; readonly message: string }[] };
    };
    return status?.conditions?.find(({ type }) => type === 'Ready')?.message;
  };

  await apply(artifactReports, {
    apiVersion: 'example.dev/v1',
    kind: 'ArtifactReport',
    metadata: { namespace, name: 'apps' },
    spec: { sourceRef: { name: 'repo' } },
  });
  await expect.poll(status, { timeout: 10_000 }).toBe(`GitRepository/${namespace}/repo has no artifact yet`);

  const repository = await stack.use(await startGitServer()).createRepository('repo');
  const first = await repository.commit('first', { 'a.yaml': '1', 'b/c.yaml': '2' });
  await apply(gitRepositories, {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { namespace, name: 'repo' },
    spec: { interval: '10m', url: repository.url, ref: { branch: 'main' } },
  });
  await expect.poll(status, { timeout: 10_000 }).toBe(`2 files in revision main@sha1:${first}`);
  expect((await client.get(configMaps, { namespace, name: 'apps' }, { signal })).data).toEqual({
    revision: `main@sha1:${first}`,
    files: '2',
  });

  const second = await repository.commit('second', { 'd.yaml': '3' });
  const request = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'now' } } };
  await client.patch(gitRepositories, { key: { namespace, name: 'repo' }, patch: { type: 'merge', body: request } }, { signal });
  await expect.poll(status, { timeout: 10_000 }).toBe(`3 files in revision main@sha1:${second}`);
});
