import type { Kustomization } from '@gotk/api';
import { type ObjectKey, renderKey } from '@gotk/apimachinery';
import { isNotFound } from '@gotk/kube';
import type { Manager } from '@gotk/runtime';

export interface KeySecretOptions {
  readonly readSecret: Manager['readSecret'];
  /** Of `--sops-age-secret`: for Kustomizations that name no Secret. */
  readonly sharedAgeSecret: ObjectKey | undefined;
  readonly signal: AbortSignal;
}

/** The Secret with the keys is not there. */
export class KeySecretNotFound extends Error {
  override readonly name = 'KeySecretNotFound';
}

/**
 * The files of the Secret that `spec.decryption` names; of the shared one the age keys alone, as upstream has it: other keys in it would
 * take the place of what a tenant may do. Throws `KeySecretNotFound`, or what the server says.
 */
export async function keyFilesFor(
  { metadata, spec }: Kustomization,
  { readSecret, sharedAgeSecret, signal }: KeySecretOptions,
): Promise<ReadonlyMap<string, string>> {
  const { name } = spec.decryption?.secretRef ?? {};
  const key = name === undefined ? sharedAgeSecret : { namespace: metadata.namespace ?? '', name };
  if (key === undefined) return new Map();
  try {
    const { data = {} } = await readSecret(key, { signal });
    const files = Object.entries(data).map(([file, value]) => [file, Buffer.from(value, 'base64').toString('utf8')] as const);
    return new Map(name === undefined ? files.filter(([file]) => file.endsWith('.agekey')) : files);
  } catch (error) {
    if (isNotFound(error)) throw new KeySecretNotFound(`cannot get sops decryption Secret '${renderKey(key)}': not found`);
    throw error;
  }
}
