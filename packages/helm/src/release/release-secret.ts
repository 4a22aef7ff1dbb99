import { HelmError } from '../helm-error.ts';
import type { Release } from './release.ts';
import { decodeRelease, encodeRelease } from './stored-release.ts';

export const RELEASE_SECRET_TYPE = 'helm.sh/release.v1';

/** The Secret of a release, as far as Helm decides about it: the namespace is the caller's. */
export interface ReleaseSecret {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly type: typeof RELEASE_SECRET_TYPE;
  /** In base64, as the API has it. */
  readonly data: { readonly release: string };
}

/** What a Secret is called that holds a version of a release. */
export const releaseSecretName = (name: string, version: number): string => `sh.helm.release.v1.${name}.v${version}`;

/** Whether a release is stored for the first time, or changed. */
export interface Storing {
  readonly act: 'create' | 'update';
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * The Secret in which Helm's `secrets` driver would store a release: `helm list`, `helm get` and `helm rollback` find it. As with Helm, a
 * change forgets when the release was created. Throws `HelmError` of kind `too-large`.
 */
export function releaseSecret(release: Release, { act, nowMs }: Storing): ReleaseSecret {
  const { name, version, info, labels } = release;
  const seconds = String(Math.floor(nowMs / 1000));
  return {
    metadata: {
      name: releaseSecretName(name, version),
      labels: {
        ...withoutOwn(labels),
        [act === 'create' ? 'createdAt' : 'modifiedAt']: seconds,
        name,
        owner: 'helm',
        status: info.status,
        version: String(version),
      },
    },
    type: RELEASE_SECRET_TYPE,
    data: { release: Buffer.from(encodeRelease(release)).toString('base64') },
  };
}

/** What is read of a Secret. */
export interface StoredSecret {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
}

/** The release in a Secret. Throws `HelmError`: `invalid-release`, `too-large`. */
export function releaseOfSecret({ metadata, data }: StoredSecret): Release {
  const stored = data?.release;
  if (stored === undefined) throw new HelmError('invalid-release', 'the Secret holds no release');
  return { ...decodeRelease(Buffer.from(stored, 'base64').toString('latin1')), labels: withoutOwn(metadata?.labels ?? {}) };
}

const OWN_LABELS = new Set(['name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt']);

const withoutOwn = (labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !OWN_LABELS.has(name)));
