import { type GitRepository, gitRepositories, type Kustomization, kustomizations } from '@gotk/api';
import type { KubeObject, Resource } from '@gotk/apimachinery';
import type { Informer, KubeClient } from '@gotk/kube';
import { appFiles, kustomization, source } from './manifests.ts';
import { type Narrator, renderElapsed } from './narrator.ts';
import { until, untilGone } from './until.ts';

const FIRST_IMAGE = 'ghcr.io/stefanprodan/podinfo:6.9.0';
const SECOND_IMAGE = 'ghcr.io/stefanprodan/podinfo:6.9.1';
const TAMPERED_IMAGE = 'registry.example.com/not-from-git:latest';

interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status?: { readonly readyReplicas?: number };
}

export interface Stage {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly repositoryUrl: string;
  /** Pushes a commit; a file whose content is null is removed. Resolves with the commit's id. */
  readonly commit: (message: string, files: Readonly<Record<string, string | null>>) => Promise<string>;
  readonly informer: <T extends KubeObject>(resource: Resource<T>) => Informer<T>;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
}

const deployments: Resource<Deployment> = { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true };
const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** The story: live, changed, pruned, tampered with, deleted. Throws when a chapter does not come true in time. */
export async function play(stage: Stage): Promise<void> {
  const { client, namespace, narrator, signal } = stage;
  const repositories = stage.informer(gitRepositories);
  const appliers = stage.informer(kustomizations);
  const workloads = stage.informer(deployments);
  const maps = stage.informer(configMaps);
  await Promise.all([repositories, appliers, workloads, maps].map((informer) => informer.whenSynced(signal)));

  const apply = <T extends KubeObject>(resource: Resource<T>, object: KubeObject) =>
    client.apply<KubeObject>(resource as unknown as Resource<KubeObject>, object, { fieldManager: 'demo', force: true, signal });
  const lookNow = () => {
    const patch = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': new Date().toISOString() } } };
    return client.patch(gitRepositories, { key: { namespace, name: 'demo' }, patch: { type: 'merge', body: patch } }, { signal });
  };
  const follow = async (commit: string, image: string, started: number) => {
    const since = () => performance.now() - started;
    const stored = await until(repositories, (it) => artifactOf(it).includes(commit), { what: `the artifact of commit ${commit}` });
    narrator.step(
      'artifact',
      `GitRepository/demo stored ${short(artifactOf(stored))}, ${stored.status?.artifact?.size ?? 0} bytes`,
      since(),
    );
    await until(workloads, (it) => imageOf(it) === image, { what: `Deployment/podinfo with image ${image}` });
    narrator.step('applied', `Deployment/podinfo runs ${image}`, since());
    const ready = await until(appliers, (it) => (it.status?.lastAppliedRevision ?? '').includes(commit) && isReady(it), {
      what: 'Kustomization/demo to be ready',
    });
    narrator.step('healthy', `Kustomization/demo: ${readyMessage(ready)}`, since());
  };

  narrator.chapter('A commit goes live');
  let started = performance.now();
  const first = await stage.commit('podinfo and a greeting', appFiles({ image: FIRST_IMAGE, greeting: 'hello from Git' }));
  narrator.step('pushed', `commit ${first.slice(0, 8)} to ${stage.repositoryUrl}: a Deployment, a Service, a ConfigMap`);
  await apply(gitRepositories, source(namespace, stage.repositoryUrl));
  await apply(kustomizations, kustomization(namespace));
  narrator.step('created', 'GitRepository/demo and Kustomization/demo (wait: true, prune: true)', performance.now() - started);
  await follow(first, FIRST_IMAGE, started);

  narrator.chapter('A second commit changes the image');
  started = performance.now();
  const second = await stage.commit('podinfo 6.9.1', { ...appFiles({ image: SECOND_IMAGE }) });
  narrator.step('pushed', `commit ${second.slice(0, 8)}; asked for a look at once, as a webhook or 'flux reconcile' would`);
  await lookNow();
  await follow(second, SECOND_IMAGE, started);

  narrator.chapter('A file is removed from Git, its object from the cluster');
  started = performance.now();
  const third = await stage.commit('no greeting', { 'app/greeting.yaml': null });
  narrator.step('pushed', `commit ${third.slice(0, 8)} without app/greeting.yaml`);
  await lookNow();
  await untilGone(maps, { namespace, name: 'greeting' });
  narrator.step('pruned', 'ConfigMap/greeting', performance.now() - started);
  await until(appliers, (it) => (it.status?.lastAppliedRevision ?? '').includes(third) && isReady(it), {
    what: 'Kustomization/demo to be ready',
  });

  narrator.chapter('Somebody tampers with the cluster');
  for (const [what, body, undone] of tamperings) {
    started = performance.now();
    const tampered = await client.patch(
      deployments,
      { key: { namespace, name: 'podinfo' }, patch: { type: 'merge', body } },
      { signal, fieldManager: 'kubectl-edit' },
    );
    const written = performance.now();
    await until(workloads, (it) => isNewer(it, tampered) && undone(it), { what: `${what} to be undone` });
    narrator.step(
      'undone',
      `${what} (written in ${renderElapsed(written - started)}, back ${renderElapsed(performance.now() - written)} later)`,
      performance.now() - started,
    );
  }
  started = performance.now();
  await client.delete(deployments, { namespace, name: 'podinfo' }, { signal, propagation: 'Background' });
  await untilGone(workloads, { namespace, name: 'podinfo' });
  await until(workloads, (it) => it.metadata.name === 'podinfo', { what: 'Deployment/podinfo to come back' });
  narrator.step('undone', 'kubectl delete deployment podinfo', performance.now() - started);

  narrator.chapter('The Kustomization is deleted, and what it applied goes with it');
  started = performance.now();
  await client.delete(kustomizations, { namespace, name: 'demo' }, { signal });
  await untilGone(workloads, { namespace, name: 'podinfo' });
  await untilGone(appliers, { namespace, name: 'demo' });
  narrator.step('deleted', 'Deployment/podinfo, Service/podinfo, then Kustomization/demo', performance.now() - started);
  await client.delete(gitRepositories, { namespace, name: 'demo' }, { signal });
  await untilGone(repositories, { namespace, name: 'demo' });
}

const tamperings: readonly (readonly [what: string, body: unknown, undone: (deployment: Deployment) => boolean])[] = [
  ['kubectl scale deployment podinfo --replicas=0', { spec: { replicas: 0 } }, (it) => it.spec.replicas === 2],
  [
    `kubectl patch deployment podinfo … image: ${TAMPERED_IMAGE}`,
    { spec: { template: { spec: { containers: [{ name: 'podinfo', image: TAMPERED_IMAGE }] } } } },
    (it) => imageOf(it) === SECOND_IMAGE,
  ],
];

/** The cache may not have seen the tampering yet, and look as if nothing had happened. */
const isNewer = (object: KubeObject, than: KubeObject) =>
  BigInt(object.metadata.resourceVersion ?? 0) > BigInt(than.metadata.resourceVersion ?? 0);
const imageOf = (deployment: Deployment) => deployment.spec.template.spec.containers[0]?.image;
const artifactOf = (repository: GitRepository) => repository.status?.artifact?.revision ?? '';
const readyCondition = (object: Kustomization) => object.status?.conditions?.find(({ type }) => type === 'Ready');
const isReady = (object: Kustomization) => readyCondition(object)?.status === 'True';
const readyMessage = (object: Kustomization) => short(readyCondition(object)?.message ?? '');
const short = (text: string) => text.replace(/([0-9a-f]{8})[0-9a-f]{32}/, '$1');
