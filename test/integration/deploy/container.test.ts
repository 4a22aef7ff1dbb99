import { readdirSync, readFileSync } from 'node:fs';
import { gitRepositories, kustomizations } from '@gotk/api';
import type { KubeObject, Resource, Unstructured } from '@gotk/apimachinery';
import { eventually, startGitServer } from '@gotk/testkit';
import { describe, expect, inject, test } from 'vitest';
import { configMap } from '../manifests.ts';
import { resources } from '../testbed.ts';
import { requestsOf } from './audit.ts';
import { confinement } from './container.ts';
import { type Installation, install } from './installation.ts';
import { needs } from './needs.ts';
import { type RunningPod, startPod } from './pod.ts';
import { controllers } from './repository.ts';

const auditLog = inject('auditLog');

// Where a sandbox around the tests forbids mounts, bundle.test.ts still runs the same command lines, with the permissions that Node itself enforces.
describe.runIf(confinement !== undefined)('an image, run the way its Deployment asks for', () => {
  test.each(controllers)('%s gets ready as nobody with a read-only root, and ends with code 0 on SIGTERM', async (name) => {
    await using installed = await install();
    await using pod = await startPod(installed, name);

    await pod.answers(`${pod.healthUrl}/readyz`);
    const status = readFileSync(`/proc/${pod.pid}/status`, 'utf8');
    const root = readFileSync(`/proc/${pod.pid}/mountinfo`, 'utf8')
      .split('\n')
      .find((line) => line.split(' ')[4] === '/');
    const code = await pod.stop(pod.graceMs);

    expect(status).toMatch(/^CapEff:\s+0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    if (confinement === 'root') expect(status).toMatch(/^Uid:(\s+65534){4}$/m);
    expect(root?.split(' ')[5]).toMatch(/^ro\b/);
    expect(code).toBe(0);
    expect(notLogged(pod)).toEqual([]);
  });

  test('source-controller stores an artifact of a private repository, with the rights it is given', async () => {
    await using installed = await install();
    await using server = await startGitServer({ authorization: `Basic ${btoa('user:secret')}` });
    const repository = await server.createRepository('repo');
    const commit = await repository.commit('first', { 'one.yaml': configMap('one', {}) });
    await using pod = await startPod(installed, 'source-controller');
    await pod.answers(`${pod.healthUrl}/readyz`);

    await create(installed, resources.secret, { metadata: { name: 'login' }, stringData: { username: 'user', password: 'secret' } });
    await create(installed, gitRepositories, {
      metadata: { name: 'repo' },
      spec: { interval: '10m', url: repository.url, ref: { branch: 'main' }, secretRef: { name: 'login' } },
    });

    await eventually(() => expect(lastOf(pod, 'GitRepository', 'repo')).toContain(commit), { timeoutMs: 30_000 });
    expect(readdirSync(`${pod.volume('/data')}/gitrepository/${installed.namespace}/repo`)).toContain(`${commit}.tar.gz`);
    expect(notLogged(pod)).toEqual([]);
    await judgeRequests(pod, [...needs['source-controller'].everywhere, ...needs['source-controller'].ownNamespace]);
  });

  test('kustomize-controller unpacks, builds and applies, with the rights it is given', async () => {
    await using installed = await install();
    await using server = await startGitServer();
    const repository = await server.createRepository('repo');
    const commit = await repository.commit('first', { 'one.yaml': configMap('one', { a: '1' }) });
    await using pod = await startPod(installed, 'kustomize-controller');
    await pod.answers(`${pod.healthUrl}/readyz`);

    // The source-controller that serves all tests makes the artifact.
    await create(installed, gitRepositories, {
      metadata: { name: 'repo' },
      spec: { interval: '10m', url: repository.url, ref: { branch: 'main' } },
    });
    await create(installed, kustomizations, {
      metadata: { name: 'app' },
      spec: {
        interval: '10m',
        path: './',
        prune: true,
        targetNamespace: installed.namespace,
        sourceRef: { kind: 'GitRepository', name: 'repo' },
      },
    });

    await eventually(() => expect(lastOf(pod, 'Kustomization', 'app')).toContain(commit), { timeoutMs: 30_000 });
    expect(notLogged(pod)).toEqual([]);
    const applied = ['patch configmaps', 'list configmaps', 'watch configmaps'];
    await judgeRequests(pod, [...needs['kustomize-controller'].everywhere, ...needs['kustomize-controller'].ownNamespace, ...applied]);
  });
});

/** Everything that went to the output and is no line of the log: a warning of Node's, a stack. */
function notLogged(pod: RunningPod): readonly string[] {
  return pod
    .output()
    .split('\n')
    .filter((line) => line !== '' && !/^\{"level":.*\}$/.test(line));
}

/** The last message in the log about an object. */
function lastOf(pod: RunningPod, kind: string, name: string): string {
  const about = pod
    .output()
    .split('\n')
    .filter((line) => line.includes(`"controllerKind":"${kind}"`) && line.includes(`"name":"${name}"`));
  return about.at(-1) ?? '';
}

/** None of its requests was refused for want of rights, and each is one that the RBAC test asks about. */
async function judgeRequests(pod: RunningPod, known: readonly string[]): Promise<void> {
  if (auditLog === '') return;
  const requests = requestsOf(pod.user, auditLog);
  expect(requests.filter(({ code }) => code === 403)).toEqual([]);
  expect(requests.length).toBeGreaterThan(0);
  expect([...new Set(requests.map(({ action }) => action))].filter((action) => !known.includes(action))).toEqual([]);
}

async function create<T extends KubeObject>(
  { client, namespace, signal }: Installation,
  resource: Resource<T>,
  object: Pick<Unstructured, 'metadata'> & Readonly<Record<string, unknown>>,
): Promise<void> {
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  const whole: Unstructured = { apiVersion, kind: resource.kind, ...object, metadata: { ...object.metadata, namespace } };
  await client.create(resource as unknown as Resource, whole, { signal });
}
