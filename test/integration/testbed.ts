import { randomBytes } from 'node:crypto';
import { type GitRepository, gitRepositories, type Kustomization, kustomizations } from '@gotk/api';
import { type Condition, type KubeObject, type ObjectKey, type Resource, systemClock, type Unstructured } from '@gotk/apimachinery';
import { createInformer, createKubeClient, isNotFound, type KubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { ensureNamespace, eventually, type GitServer, type GitServerOptions, startGitServer, type TestRepository } from '@gotk/testkit';
import { inject } from 'vitest';

export const resources: Readonly<Record<'configMap' | 'secret' | 'service' | 'namespace' | 'event' | 'deployment', Resource>> = {
  configMap: core('ConfigMap', 'configmaps'),
  secret: core('Secret', 'secrets'),
  service: core('Service', 'services'),
  namespace: { ...core('Namespace', 'namespaces'), namespaced: false },
  event: core('Event', 'events'),
  deployment: { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true },
};

function core(kind: string, plural: string): Resource {
  return { group: '', version: 'v1', kind, plural, namespaced: true };
}

/** What one test works with: a namespace, a Git server, and ways to look. Everything in the namespace goes with it. */
export interface Testbed extends AsyncDisposable {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly signal: AbortSignal;
  git(options?: GitServerOptions): Promise<GitServer>;
  /** A repository on a server without authentication. */
  repository(files?: Parameters<TestRepository['commit']>[1]): Promise<TestRepository>;
  apply(resource: Resource, object: Partial<Unstructured> & { readonly metadata: KubeObject['metadata'] }): Promise<Unstructured>;
  gitRepository(name: string, spec: Partial<GitRepository['spec']>): Promise<void>;
  kustomization(name: string, spec?: Partial<Kustomization['spec']>): Promise<void>;
  get<T extends KubeObject = Unstructured>(resource: Resource<T>, name: string): Promise<T | undefined>;
  /** The first state of the object, present or to come, that the predicate is true for. */
  until<T extends KubeObject>(resource: Resource<T>, name: string, predicate: (object: T) => boolean): Promise<T>;
  untilGone(resource: Resource<KubeObject>, name: string): Promise<void>;
  source(name: string, predicate: (object: GitRepository) => boolean): Promise<GitRepository>;
  applier(name: string, predicate: (object: Kustomization) => boolean): Promise<Kustomization>;
  merge(resource: Resource<KubeObject>, name: string, body: unknown, fieldManager?: string): Promise<Unstructured>;
  /** Asks for a look now, as `flux reconcile` does; resolves with the token. */
  request(resource: Resource<KubeObject>, name: string): Promise<string>;
  /** Messages of the events about an object, by reason. */
  events(kind: string, name: string): Promise<readonly { readonly type: string; readonly reason: string; readonly message: string }[]>;
}

const WAIT_MS = 30_000;

/** On the cluster that all tests share, unless another one is named. */
export async function testbed({ kubeconfigPath = inject('kubeconfigPath') }: { readonly kubeconfigPath?: string } = {}): Promise<Testbed> {
  const connection = await loadConnection({ kubeconfigPath });
  const client = createKubeClient({ connection, userAgent: 'test', qps: 1_000, burst: 1_000 });
  const namespace = `t-${randomBytes(4).toString('hex')}`;
  const stack = new AsyncDisposableStack();
  const stop = new AbortController();
  const { signal } = stop;
  stack.defer(() => client.close());
  stack.defer(() => stop.abort());
  await ensureNamespace(client, namespace, signal);
  stack.defer(() => clear(client, namespace));

  const until = <T extends KubeObject>(resource: Resource<T>, name: string, predicate: (object: T) => boolean): Promise<T> =>
    watchUntil({ client, resource, key: { namespace: resource.namespaced ? namespace : '', name } }, predicate);
  const merge = (...[resource, name, body, fieldManager = 'test']: Parameters<Testbed['merge']>): Promise<Unstructured> =>
    client.patch(resource as Resource, { key: { namespace, name }, patch: { type: 'merge', body } }, { signal, fieldManager });
  const apply: Testbed['apply'] = async (resource, object) => {
    const whole = {
      apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
      kind: resource.kind,
      ...object,
      metadata: { ...(resource.namespaced ? { namespace } : {}), ...object.metadata },
    };
    return (await client.apply(resource, whole as Unstructured, { fieldManager: 'test', force: true, signal })).object;
  };
  const git = async (options?: GitServerOptions) => stack.use(await startGitServer(options));

  return {
    client,
    namespace,
    signal,
    git,
    apply,
    until,
    merge,
    async repository(files) {
      const repository = await (await git()).createRepository('repo');
      if (files !== undefined) await repository.commit('first', files);
      return repository;
    },
    async gitRepository(name, spec) {
      await apply(gitRepositories as unknown as Resource, {
        metadata: { name },
        spec: { interval: '10m', ref: { branch: 'main' }, ...spec },
      });
    },
    async kustomization(name, spec) {
      const defaults = {
        interval: '10m',
        path: './',
        prune: true,
        targetNamespace: namespace,
        sourceRef: { kind: 'GitRepository', name: 'repo' },
      };
      await apply(kustomizations as unknown as Resource, { metadata: { name }, spec: { ...defaults, ...spec } });
    },
    get: <T extends KubeObject>(resource: Resource<T>, name: string) =>
      client.get(resource, { namespace: resource.namespaced ? namespace : '', name }, { signal }).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      }),
    async untilGone(resource, name) {
      await eventually(
        async () => {
          const found = await client.get(resource, { namespace, name }, { signal, metadataOnly: true }).catch((error: unknown) => {
            if (!isNotFound(error)) throw error;
          });
          if (found !== undefined) throw new Error(`${resource.kind}/${name} is still there`);
        },
        { timeoutMs: WAIT_MS },
      );
    },
    source: (name, predicate) => until(gitRepositories, name, predicate),
    applier: (name, predicate) => until(kustomizations, name, predicate),
    async request(resource, name) {
      const token = randomBytes(6).toString('hex');
      await merge(resource, name, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': token } } });
      return token;
    },
    async events(kind, name) {
      const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
      const { items } = await client.list(resources.event, { namespace, fieldSelector, signal });
      return items.map(({ type, reason, message }) => ({ type: String(type), reason: String(reason), message: String(message) }));
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

interface Target<T extends KubeObject> {
  readonly client: KubeClient;
  readonly resource: Resource<T>;
  readonly key: ObjectKey;
}

async function watchUntil<T extends KubeObject>({ client, resource, key }: Target<T>, predicate: (object: T) => boolean): Promise<T> {
  const stop = new AbortController();
  let last: T | undefined;
  const informer = createInformer({
    client,
    resource,
    clock: systemClock,
    ...(key.namespace === '' ? {} : { namespace: key.namespace }),
    fieldSelector: `metadata.name=${key.name}`,
  });
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(
    () =>
      reject(
        new Error(
          `${resource.kind}/${key.name} did not become as expected within ${WAIT_MS / 1000} s; it is\n${JSON.stringify(last, null, 1)}`,
        ),
      ),
    WAIT_MS,
  );
  using _subscription = informer.subscribe((delta) => {
    last = delta.object;
    if (delta.kind !== 'deleted' && predicate(delta.object)) resolve(delta.object);
  });
  const running = informer.run(stop.signal);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    stop.abort();
    await running;
  }
}

/** Takes away what the controllers hold on to, so that the namespace can go. */
async function clear(client: KubeClient, namespace: string): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  for (const resource of [kustomizations, gitRepositories] as readonly Resource<KubeObject>[]) {
    const { items } = await client.list(resource, { namespace, signal, metadataOnly: true });
    await Promise.all(
      items.map(({ metadata }) => client.delete(resource, { namespace, name: metadata.name }, { signal }).catch(unlessGone)),
    );
  }
  // A test may have deleted it, and it may be gone by now.
  await client.delete(resources.namespace, { namespace: '', name: namespace }, { signal }).catch(unlessGone);
}

function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

interface WithConditions {
  readonly status?: { readonly conditions?: readonly Condition[]; readonly observedGeneration?: number };
}

export const condition = (object: WithConditions, type: string): Condition | undefined =>
  object.status?.conditions?.find((each) => each.type === type);

/** Ready at the generation that the object has now. */
export const isReady = (object: WithConditions & KubeObject): boolean =>
  condition(object, 'Ready')?.status === 'True' && object.status?.observedGeneration === object.metadata.generation;

/** Not ready, for this reason. */
export const failsWith =
  (reason: string) =>
  (object: WithConditions): boolean => {
    const ready = condition(object, 'Ready');
    return ready?.status === 'False' && ready.reason === reason;
  };

export const isStalled = (object: WithConditions): boolean => condition(object, 'Stalled')?.status === 'True';

/** Whether a Kustomization is ready with this commit of its branch. */
export const hasApplied = (commit: string) => (it: Parameters<typeof isReady>[0] & { status?: { lastAppliedRevision?: string } }) =>
  isReady(it) && it.status?.lastAppliedRevision === `main@sha1:${commit}`;

/** What an object says of its readiness. */
export const messageOf = (object: WithConditions): string => condition(object, 'Ready')?.message ?? '';
