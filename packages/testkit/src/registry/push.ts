import { createHash } from 'node:crypto';
import { askFor } from '../http/ask.ts';
import type { TokenIssuer } from './token-issuer.ts';

/** An OCI content descriptor. */
export interface PushedDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface ArtifactToPush {
  readonly repository: string;
  /** Without one, the artifact can only be had by its digest. */
  readonly tag?: string;
  readonly layers: readonly {
    readonly mediaType: string;
    readonly content: string | Uint8Array;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** Default: Flux's `application/vnd.cncf.flux.config.v1+json`. */
  readonly configMediaType?: string;
  /** Default: `{}`. */
  readonly config?: string | Uint8Array;
  readonly artifactType?: string;
  readonly subject?: PushedDescriptor;
}

export interface PushedArtifact extends PushedDescriptor {
  /** The manifest's bytes. */
  readonly manifest: string;
  readonly config: PushedDescriptor;
  readonly layers: readonly PushedDescriptor[];
}

/** Ways to fill a registry, which go past its front: they need no login, and are in no log. */
export interface Push {
  pushBlob(repository: string, content: string | Uint8Array): Promise<{ readonly digest: string; readonly size: number }>;
  /**
   * `reference`: `repository:tag` or `repository@sha256:…`. An object is written as JSON; its `mediaType` is sent, that of OCI if it has
   * none.
   */
  pushManifest(reference: string, manifest: object | string): Promise<PushedDescriptor>;
  pushArtifact(artifact: ArtifactToPush): Promise<PushedArtifact>;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const FLUX_CONFIG = 'application/vnd.cncf.flux.config.v1+json';

export function createPush(backend: string, issuer: TokenIssuer | undefined): Push {
  const headers = (repository: string): Record<string, string> =>
    issuer === undefined
      ? {}
      : { authorization: `Bearer ${issuer.issue([{ type: 'repository', name: repository, actions: ['pull', 'push'] }])}` };

  const pushBlob: Push['pushBlob'] = async (repository, content) => {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes);
    const started = await askFor(202, `${backend}/v2/${repository}/blobs/uploads/`, { method: 'POST', headers: headers(repository) });
    const location = new URL(String(started.headers.location), backend);
    location.searchParams.set('digest', digest);
    const type = { 'content-type': 'application/octet-stream' };
    await askFor(201, location.href, { method: 'PUT', headers: { ...headers(repository), ...type }, body: bytes });
    return { digest, size: bytes.length };
  };

  const pushManifest: Push['pushManifest'] = async (reference, manifest) => {
    const [, repository = '', tag, pinned] = /^([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(reference) ?? [];
    const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
    const { mediaType = MANIFEST } = JSON.parse(text) as { readonly mediaType?: string };
    const digest = digestOf(Buffer.from(text));
    await askFor(201, `${backend}/v2/${repository}/manifests/${pinned ?? tag ?? digest}`, {
      method: 'PUT',
      headers: { ...headers(repository), 'content-type': mediaType },
      body: text,
    });
    return { mediaType, digest, size: Buffer.byteLength(text) };
  };

  return {
    pushBlob,
    pushManifest,
    async pushArtifact({ repository, tag, configMediaType = FLUX_CONFIG, config = '{}', ...artifact }) {
      const { layers: contents, annotations, artifactType, subject } = artifact;
      const configDescriptor = { mediaType: configMediaType, ...(await pushBlob(repository, config)) };
      const layers: PushedDescriptor[] = [];
      for (const { mediaType, content, annotations: own } of contents)
        layers.push({ mediaType, ...(await pushBlob(repository, content)), ...(own === undefined ? {} : { annotations: own }) });
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST,
        artifactType,
        config: configDescriptor,
        layers,
        subject,
        annotations,
      });
      const pushed = await pushManifest(tag === undefined ? repository : `${repository}:${tag}`, manifest);
      return { ...pushed, manifest, config: configDescriptor, layers };
    },
  };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
