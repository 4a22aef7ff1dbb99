import { readFileSync } from 'node:fs';
import type { Descriptor } from '../../manifest.ts';
import type { SignatureSource, Subject } from '../signature-source.ts';

interface Repository {
  readonly digest: string;
  /** By tag and by digest, in base64. */
  readonly manifests: Readonly<Record<string, string>>;
  readonly blobs: Readonly<Record<string, string>>;
}

interface Recording {
  readonly recordedAtMs: number;
  readonly registry: string;
  readonly files: Readonly<Record<string, string>>;
  readonly repositories: Readonly<Record<string, Repository>>;
}

/** What record.mjs recorded. */
export const recording: Recording = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8'));

/** A file of the recording as the bytes in a Secret. */
export function recordedFile(name: string): Uint8Array {
  return Buffer.from(recording.files[name] ?? '');
}

function repositoryNamed(name: string): Repository {
  const repository = recording.repositories[name];
  if (repository === undefined) throw new Error(`nothing was recorded of ${name}`);
  return repository;
}

/** The artifact of a recorded repository. */
export function recordedSubject(name: string): Subject {
  const { digest, manifests } = repositoryNamed(name);
  const bytes = Buffer.from(manifests[digest] ?? '', 'base64');
  const { mediaType } = JSON.parse(bytes.toString());
  return { name: `${recording.registry}/${name}@${digest}`, digest, mediaType, size: bytes.byteLength };
}

/** A recorded repository. Referrers are under the tag `sha256-<hex>`: the recorded registry has no API for them. */
export function recordedSource(name: string): SignatureSource {
  const { manifests, blobs } = repositoryNamed(name);
  const manifest = async (reference: string): Promise<Uint8Array | undefined> => {
    const bytes = manifests[reference];
    return bytes === undefined ? undefined : Buffer.from(bytes, 'base64');
  };
  return {
    manifest,
    referrers: async (digest) => {
      const index = await manifest(digest.replace(':', '-'));
      const listed: readonly Descriptor[] = index === undefined ? [] : JSON.parse(Buffer.from(index).toString()).manifests;
      return listed;
    },
    blob: async ({ digest }) => Buffer.from(blobs[digest] ?? '', 'base64'),
  };
}
