import type { Artifact } from '@gotk/api';
import { buckets, gitRepositories, helmRepositories, ociRepositories } from '@gotk/api';
import type { Condition, KubeObject, Resource } from '@gotk/apimachinery';
import { startBucketServer, startRegistry } from '@gotk/testkit';
import { startHelmServer } from './helm-server.ts';
import { loginSecret, push, REPOSITORY } from './oci-artifacts.ts';
import { resources, type Testbed } from './testbed.ts';

export interface Source extends KubeObject {
  readonly spec?: unknown;
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly artifact?: Artifact;
    readonly lastHandledReconcileAt?: string;
    readonly observedGeneration?: number;
  };
}

/** How each kind names a server. */
export const KINDS = {
  git: { resource: gitRepositories, spec: (host: string) => ({ url: `http://${host}/app.git`, ref: { branch: 'main' } }) },
  helm: { resource: helmRepositories, spec: (host: string) => ({ url: `http://${host}/` }) },
  oci: { resource: ociRepositories, spec: (host: string) => ({ url: `oci://${host}/${REPOSITORY}`, insecure: true }) },
  bucket: { resource: buckets, spec: (host: string) => ({ endpoint: host, insecure: true, bucketName: 'apps' }) },
} as const;
export type Kind = keyof typeof KINDS;
export const kinds = Object.keys(KINDS) as readonly Kind[];
export const resourceOf = (kind: Kind) => KINDS[kind].resource as unknown as Resource<Source>;

/** Real servers, and sources of theirs that are well. */
export async function wellSources(
  bed: Testbed,
  stack: AsyncDisposableStack,
): Promise<Readonly<Record<Kind, Readonly<Record<string, unknown>>>>> {
  const repository = await bed.repository({ 'a.yaml': 'a: 1\n' });
  const registry = stack.use(await startRegistry());
  await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await loginSecret(bed, 'registry', registry);
  const charts = stack.use(await startHelmServer());
  charts.publish({ name: 'app', version: '1.0.0' });
  const store = stack.use(await startBucketServer());
  await store.createBucket('apps');
  await store.putObject('apps', 'a.yaml', 'a: 1\n');
  const data = { accesskey: store.accessKey, secretkey: store.secretKey };
  await bed.apply(resources.secret, { metadata: { name: 'store' }, stringData: data });
  return {
    git: { url: repository.url, ref: { branch: 'main' } },
    helm: { url: charts.url },
    oci: { ...KINDS.oci.spec(registry.host), secretRef: { name: 'registry' } },
    bucket: { ...KINDS.bucket.spec(store.endpoint), secretRef: { name: 'store' } },
  };
}
