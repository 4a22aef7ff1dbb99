import { gzipSync } from 'node:zlib';
import { type OCIRepository, ociRepositories } from '@gotk/api';
import type { Resource, Unstructured } from '@gotk/apimachinery';
import type { PushedArtifact, Registry } from '@gotk/testkit';
import { type RawEntry, tarOf } from '../../packages/artifact/test/tar.ts';
import { resources, type Testbed } from './testbed.ts';

export const REPOSITORY = 'team/app';
/** What `flux push artifact` calls a layer. */
export const CONTENT = 'application/vnd.cncf.flux.content.v1.tar+gzip';

export const layerOf = (...entries: readonly RawEntry[]): Buffer => gzipSync(tarOf(...entries));

export const filesLayer = (files: Readonly<Record<string, string>>): Buffer =>
  layerOf(...Object.entries(files).map(([name, content]) => ({ name, content })));

/** Pushes an artifact of one layer under a tag. */
export const push = (registry: Registry, tag: string, content: Readonly<Record<string, string>> | Uint8Array): Promise<PushedArtifact> =>
  registry.pushArtifact({
    repository: REPOSITORY,
    tag,
    layers: [{ mediaType: CONTENT, content: content instanceof Uint8Array ? content : filesLayer(content) }],
    annotations: {
      'org.opencontainers.image.source': 'https://git.example/app.git',
      'org.opencontainers.image.revision': `main@sha1:${tag}`,
    },
  });

const encoded = (data: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));

const WATCHED = { 'reconcile.fluxcd.io/watch': 'Enabled' };

/** A Secret whose change wakes those that use it. */
export const secret = (bed: Testbed, name: string, data: Readonly<Record<string, string>>): Promise<Unstructured> =>
  bed.apply(resources.secret, { metadata: { name, labels: WATCHED }, data: encoded(data) });

/** The login to a registry as `kubectl create secret docker-registry` writes it. */
export const loginSecret = (bed: Testbed, name: string, { host, login }: Pick<Registry, 'host' | 'login'>): Promise<Unstructured> => {
  const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  return bed.apply(resources.secret, {
    metadata: { name, labels: WATCHED },
    type: 'kubernetes.io/dockerconfigjson',
    data: encoded({ '.dockerconfigjson': JSON.stringify({ auths: { [host]: { auth } } }) }),
  });
};

/** An OCIRepository of what `push` pushes, called `app` unless told; it trusts the registry. */
export async function ociRepository(
  bed: Testbed,
  registry: Pick<Registry, 'host' | 'ca'>,
  { name = 'app', ...spec }: Partial<OCIRepository['spec']> & { readonly name?: string } = {},
): Promise<void> {
  if (registry.ca !== undefined) await secret(bed, 'tls', { 'ca.crt': registry.ca });
  const defaults = {
    interval: '10m',
    url: `oci://${registry.host}/${REPOSITORY}`,
    ...(registry.ca === undefined ? { insecure: true } : { certSecretRef: { name: 'tls' } }),
  };
  await bed.apply(ociRepositories as unknown as Resource, { metadata: { name }, spec: { ...defaults, ...spec } });
}

/** What a client has asked for since, as `HEAD /v2/…`. */
export const asked = (registry: Registry, since = 0): readonly string[] =>
  registry.requests.slice(since).map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);

/**
 * Looks again, and resolves when that is done. Whoever counts what a look costs lets one go by first: news of a Secret may come behind those of the object that uses it,
 * and make it look a second time.
 */
export async function look(bed: Testbed, name = 'app'): Promise<OCIRepository> {
  const token = await bed.request(ociRepositories, name);
  return await bed.until(ociRepositories, name, (it) => it.status?.lastHandledReconcileAt === token);
}
