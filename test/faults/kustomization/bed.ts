import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Artifact, type GitRepository, gitRepositories, type Kustomization, kustomizations } from '@gotk/api';
import { type Condition, parseApiVersion, type Resource, type Unstructured } from '@gotk/apimachinery';
import { createKubeClient, isNotFound, type KubeClient } from '@gotk/kube';
import {
  type ControllerProcess,
  type ControlPlane,
  ensureNamespace,
  type FaultProxy,
  type RequestRecord,
  startControllerProcess,
  startFaultProxy,
} from '@gotk/testkit';
import { type ArtifactServer, startArtifactServer } from './artifact-server.ts';
import { KINDS } from './twenty-objects.ts';

/** The kustomize-controller as a process behind a fault proxy, and whoever uses it past the proxy, in a namespace of their own. */
export interface ApplierBed extends AsyncDisposable {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly proxy: FaultProxy;
  readonly artifacts: ArtifactServer;
  /** What the processes logged so far, one after the other. */
  log(): Promise<string>;
  /** Starts a controller and resolves when it is ready. Those still running end with the bed, and have to end well. */
  start(options?: StartApplierOptions): Promise<ControllerProcess>;
  /** Makes the source say that this is what there is now, as source-controller would. Resolves with the revision. */
  publish(files: Readonly<Record<string, string>>, source?: string): Promise<string>;
  /** The same with an artifact that is packed already. */
  point(artifact: Artifact, source?: string): Promise<string>;
  /** Deletes the source, artifact and all. */
  loseSource(source?: string): Promise<void>;
  /** What a field is undefined in has none, whatever the default. */
  kustomization(
    name: string,
    spec?: { readonly [Field in keyof Kustomization['spec']]?: Kustomization['spec'][Field] | undefined },
  ): Promise<void>;
  get(name: string): Promise<Kustomization | undefined>;
  remove(name: string): Promise<void>;
  /** Asks for a look now, as `flux reconcile` does. Resolves with the token. */
  request(name: string): Promise<string>;
  /** The first state of the Kustomization that is as wanted. */
  until(name: string, isSo: (kustomization: Kustomization) => boolean): Promise<Kustomization>;
  untilGone(name: string): Promise<void>;
  /** Whatever carries the owner labels of a Kustomization of this namespace. */
  live(): Promise<readonly Unstructured[]>;
  /** Writes that were not tried out only, and are work on an object: neither of events nor of leases. */
  writes(): readonly RequestRecord[];
}

export interface StartApplierOptions {
  /** Default: that of this checkout. */
  readonly bundle?: string | undefined;
  readonly flags?: readonly string[];
  /** Default: the proxy's. */
  readonly kubeconfig?: string;
  /** For Node itself. */
  readonly nodeFlags?: readonly string[];
  /** See `ControllerProcessOptions`. */
  readonly launcher?: readonly [string, ...string[]];
}

export const BUNDLE = fileURLToPath(new URL('../../../packages/kustomize-controller/dist/main.js', import.meta.url));
const WAIT_MS = 60_000;
const LOOK_MS = 30;
const IS_WORK = /^(create|update|patch|apply|delete|deletecollection)$/;

export const NAME_LABEL = 'kustomize.toolkit.fluxcd.io/name';
const NAMESPACE_LABEL = 'kustomize.toolkit.fluxcd.io/namespace';

export async function applierBed(plane: ControlPlane): Promise<ApplierBed> {
  const { connection } = plane;
  const namespace = `f-${randomBytes(4).toString('hex')}`;
  const stack = new AsyncDisposableStack();
  const client = createKubeClient({ connection, userAgent: 'test', qps: 2_000, burst: 2_000 });
  stack.defer(() => client.close());
  const within = () => AbortSignal.timeout(WAIT_MS);
  await ensureNamespace(client, namespace, within());
  const directory = await mkdtemp(join(tmpdir(), 'gotk-applier-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const artifacts = stack.use(await startArtifactServer());
  const proxy = stack.use(await startFaultProxy({ connection }));
  const controllers: ControllerProcess[] = [];
  let started = 0;
  const log = async (): Promise<string> => {
    const logs = await Promise.all(controllers.map(({ logFile }) => readFile(logFile, 'utf8')));
    return logs.join('');
  };
  stack.defer(async () => {
    const codes = await Promise.all(controllers.filter(({ ended }) => !ended).map((controller) => controller.stop()));
    const said = await log();
    if (codes.some((code) => code !== 0) || /unhandled|uncaught/i.test(said))
      throw new Error(`kustomize-controller ended with ${codes.join(', ')}; its log ends with\n${said.slice(-4_000)}`);
  });

  const put = (resource: Resource, name: string, spec: unknown) =>
    client.apply(
      resource,
      { apiVersion: `${resource.group}/${resource.version}`, kind: resource.kind, metadata: { name, namespace }, spec },
      { fieldManager: 'test', force: true, signal: within() },
    );
  const get: ApplierBed['get'] = (name) =>
    client.get(kustomizations, { namespace, name }, { signal: within() }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  const poll = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw new Error(`${what} within ${WAIT_MS} ms; ${JSON.stringify(await get('app'), null, 1)}`);
      await delay(LOOK_MS);
    }
  };
  const point: ApplierBed['point'] = async (artifact, source = 'repo') => {
    await put(gitRepositories as unknown as Resource, source, { interval: '10m', url: 'https://git.example/repo.git' });
    const status: GitRepository['status'] = { artifact };
    await client.patch(
      gitRepositories,
      { key: { namespace, name: source }, patch: { type: 'merge', body: { status } } },
      { signal: within(), subresource: 'status', fieldManager: 'source' },
    );
    return artifact.revision;
  };

  return {
    client,
    namespace,
    proxy,
    artifacts,
    log,
    async start({ bundle = BUNDLE, flags = [], kubeconfig = proxy.kubeconfigPath, nodeFlags = [], launcher } = {}) {
      const controller = await startControllerProcess({
        name: 'kustomize-controller',
        bundle,
        kubeconfig,
        namespace,
        logFile: join(directory, `log-${started++}`),
        temporaryDirectory: directory,
        flags: ['--watch-all-namespaces=false', '--kube-api-qps=500', '--kube-api-burst=1000', ...flags],
        nodeFlags,
        ...(launcher === undefined ? {} : { launcher }),
      });
      controllers.push(controller);
      return controller;
    },
    point,
    publish: async (files, source) => await point(await artifacts.pack(files), source),
    loseSource: (source = 'repo') =>
      client.delete(gitRepositories, { namespace, name: source }, { signal: within() }).then(() => undefined),
    async kustomization(name, spec) {
      const defaults = { interval: '10m', prune: true, targetNamespace: namespace, sourceRef: { kind: 'GitRepository', name: 'repo' } };
      await put(kustomizations as unknown as Resource, name, { ...defaults, ...spec });
    },
    get,
    remove: (name) => client.delete(kustomizations, { namespace, name }, { signal: within() }).then(() => undefined),
    async request(name) {
      const token = randomBytes(6).toString('hex');
      const body = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': token } } };
      await client.patch(kustomizations, { key: { namespace, name }, patch: { type: 'merge', body } }, { signal: within() });
      return token;
    },
    until: (name, isSo) =>
      poll(`${name} did not become as expected`, async () => {
        const found = await get(name);
        return found !== undefined && isSo(found) ? found : undefined;
      }),
    async untilGone(name) {
      await poll(`${name} did not go`, async () => ((await get(name)) === undefined ? true : undefined));
    },
    async live() {
      const found = await Promise.all(
        KINDS.map(async ({ kind, apiVersion }) => {
          const resource = await client.mapper.resourceFor({ ...parseApiVersion(apiVersion), kind }, { signal: within() });
          const { items } = await client.list(resource, { labelSelector: `${NAMESPACE_LABEL}=${namespace}`, signal: within() });
          return items.map((item) => ({ ...item, apiVersion, kind }) as Unstructured);
        }),
      );
      return found.flat();
    },
    writes: () =>
      proxy.trace.records.filter(({ verb, dryRun, resource }) => IS_WORK.test(verb) && !dryRun && !/^(events|leases)/.test(resource)),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Ready for the spec that it has now, and with this revision. */
export const isReadyWith =
  (revision: string) =>
  (kustomization: Kustomization): boolean =>
    kustomization.status?.lastAppliedRevision === revision &&
    kustomization.status.observedGeneration === kustomization.metadata.generation &&
    conditionOf(kustomization, 'Ready')?.status === 'True';

/** Not ready, for this reason. */
export const failsWith =
  (reason: string) =>
  (kustomization: Kustomization): boolean => {
    const { status, reason: found } = conditionOf(kustomization, 'Ready') ?? {};
    return status === 'False' && found === reason;
  };

export const conditionOf = ({ status }: Kustomization, type: string): Condition | undefined =>
  status?.conditions?.find((it) => it.type === type);
