import { type Artifact, buckets, type GitRepository, gitRepositories, helmCharts, helmRepositories, ociRepositories } from '@gotk/api';
import type { KubeObject, Resource } from '@gotk/apimachinery';
import { startBucketServer, startGitServer, startRegistry } from '@gotk/testkit';
import { startHelmServer } from './helm-server.ts';
import { push, REPOSITORY } from './oci-artifacts.ts';
import { resources, type Testbed } from './testbed.ts';

/** What the sources of all kinds have in common, as far as tests look at it. */
export interface AnySource extends KubeObject {
  readonly spec: { readonly suspend?: boolean };
  readonly status?: GitRepository['status'] & { readonly artifact?: Artifact; readonly url?: string };
}

/** A real server of a kind, with something to fetch. */
export interface Origin extends AsyncDisposable {
  /** Makes an object called `app`, with whatever it needs beside it. */
  apply(bed: Testbed, metadata?: Pick<KubeObject['metadata'], 'labels'>): Promise<void>;
  /** Lets the server have something newer. */
  renew(): Promise<void>;
}

export interface SourceKind {
  readonly kind: string;
  readonly resource: Resource<AnySource>;
  /** What the event of a new artifact is called. */
  readonly news: string;
  /** A change of the spec after which there is nothing to be found. */
  readonly broken: Readonly<Record<string, unknown>>;
  start(): Promise<Origin>;
}

export const NAME = 'app';
const INTERVAL = '10m';

const of = (resource: unknown): Resource<AnySource> => resource as Resource<AnySource>;
const untyped = (resource: unknown): Resource => resource as Resource;

const gitRepository: SourceKind = {
  kind: 'GitRepository',
  resource: of(gitRepositories),
  news: 'NewArtifact',
  broken: { ref: { branch: 'gone' } },
  async start() {
    const server = await startGitServer();
    const repository = await server.createRepository('app');
    await repository.commit('first', { 'a.yaml': 'a: 1\n' });
    return {
      apply: async (bed, metadata) => {
        const spec = { interval: INTERVAL, url: repository.url, ref: { branch: 'main' } };
        await bed.apply(untyped(gitRepositories), { metadata: { ...metadata, name: NAME }, spec });
      },
      renew: async () => {
        await repository.commit('second', { 'a.yaml': 'a: 2\n' });
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

const ociRepository: SourceKind = {
  kind: 'OCIRepository',
  resource: of(ociRepositories),
  news: 'NewArtifact',
  broken: { ref: { tag: 'gone' } },
  async start() {
    const registry = await startRegistry();
    await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
    return {
      apply: async (bed, metadata) => {
        const spec = { interval: INTERVAL, url: `oci://${registry.host}/${REPOSITORY}`, insecure: true };
        await bed.apply(untyped(ociRepositories), { metadata: { ...metadata, name: NAME }, spec });
      },
      renew: async () => {
        await push(registry, 'latest', { 'a.yaml': 'a: 2\n' });
      },
      [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose](),
    };
  },
};

const bucket: SourceKind = {
  kind: 'Bucket',
  resource: of(buckets),
  news: 'NewArtifact',
  broken: { bucketName: 'gone' },
  async start() {
    const server = await startBucketServer();
    await server.createBucket('apps');
    await server.putObject('apps', 'a.yaml', 'a: 1\n');
    return {
      apply: async (bed, metadata) => {
        const data = { accesskey: btoa(server.accessKey), secretkey: btoa(server.secretKey) };
        await bed.apply(resources.secret, { metadata: { name: 'login' }, data });
        const spec = { interval: INTERVAL, bucketName: 'apps', endpoint: server.endpoint, insecure: true, secretRef: { name: 'login' } };
        await bed.apply(untyped(buckets), { metadata: { ...metadata, name: NAME }, spec });
      },
      renew: async () => {
        await server.putObject('apps', 'a.yaml', 'a: 2\n');
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

const helmRepository: SourceKind = {
  kind: 'HelmRepository',
  resource: of(helmRepositories),
  news: 'NewArtifact',
  broken: { url: 'http://127.0.0.1:1/charts' },
  async start() {
    const server = await startHelmServer();
    server.publish({ name: 'web', version: '1.0.0' });
    return {
      apply: async (bed, metadata) => {
        await bed.apply(untyped(helmRepositories), {
          metadata: { ...metadata, name: NAME },
          spec: { interval: INTERVAL, url: server.url },
        });
      },
      renew: async () => server.publish({ name: 'web', version: '1.1.0' }),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

const helmChart: SourceKind = {
  kind: 'HelmChart',
  resource: of(helmCharts),
  news: 'ChartPullSucceeded',
  broken: { version: '9.x' },
  async start() {
    const server = await startHelmServer();
    server.publish({ name: 'web', version: '1.0.0' });
    // The index is looked at every second, so that a newer chart is found without anybody asking for the repository.
    const repository = { interval: '1s', url: server.url };
    const spec = { interval: INTERVAL, chart: 'web', sourceRef: { kind: 'HelmRepository', name: 'charts' } };
    return {
      apply: async (bed, metadata) => {
        await bed.apply(untyped(helmRepositories), { metadata: { ...metadata, name: 'charts' }, spec: repository });
        await bed.apply(untyped(helmCharts), { metadata: { ...metadata, name: NAME }, spec });
      },
      renew: async () => server.publish({ name: 'web', version: '1.1.0' }),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

/** Every kind that becomes an artifact here. */
export const sourceKinds: readonly SourceKind[] = [gitRepository, ociRepository, bucket, helmRepository, helmChart];

/** An origin of every kind, and an object of each. Disposing ends the servers. */
export async function startOrigins(): Promise<AsyncDisposable & { readonly origins: readonly Origin[] }> {
  await using stack = new AsyncDisposableStack();
  const origins: Origin[] = [];
  for (const { start } of sourceKinds) origins.push(stack.use(await start()));
  const running = stack.move();
  return { origins, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
