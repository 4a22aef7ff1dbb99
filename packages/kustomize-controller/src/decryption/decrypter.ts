import type { Kustomization } from '@gotk/api';
import { SopsError } from '@gotk/sops';
import { type KeyServices, recoverDataKey } from '@gotk/sops/keys';
import type { Built } from '../kustomization/build-tree.ts';
import type { Locked } from './build-encrypted.ts';
import { type KeyFilesOptions, keyServicesOf } from './key-files.ts';
import type { DataKeys, Lock } from './key-ring.ts';
import { type KeySecretOptions, keyFilesFor } from './key-secret.ts';

/** How this controller comes to keys. */
export type DecryptionDeps = KeyFilesOptions & Omit<KeySecretOptions, 'signal'>;

export interface DecryptedBuild {
  readonly deps: DecryptionDeps;
  readonly signal: AbortSignal;
  /** Builds in a thread with the data keys that are known so far. */
  readonly build: (dataKeys: DataKeys) => Promise<Built | Locked>;
}

/** A file that includes what only shows once it is decrypted, and so on. */
const MAX_ROUNDS = 10;

/** The keys of a file were not to be had. The message names the file. */
export class DecryptionFailed extends Error {
  override readonly name = 'DecryptionFailed';
}

/**
 * Builds what may be encrypted: the thread says which data keys it lacks, and gets them. Master keys stay here, and nothing is written.
 * Throws `DecryptionFailed`, `KeySecretNotFound`, `InvalidKeyFile`, what the build throws, or the signal's reason.
 */
export async function buildDecrypted(kustomization: Kustomization, { deps, signal, build }: DecryptedBuild): Promise<Built> {
  // A Secret that is missing or broken is said to be so, whether it is needed today or not.
  const services = await keyServicesOf(await keyFilesFor(kustomization, { ...deps, signal }), deps);
  const dataKeys: Record<string, Uint8Array> = {};
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const outcome = await build(dataKeys);
    if (!('locks' in outcome)) return outcome;
    for (const lock of outcome.locks) dataKeys[lock.id] = await keyOf(lock, services, signal);
  }
  throw new DecryptionFailed(`failed to decrypt: new keys were needed ${MAX_ROUNDS} times`);
}

async function keyOf(lock: Lock, services: KeyServices, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await recoverDataKey(lock, services, signal);
  } catch (error) {
    if (error instanceof SopsError) throw new DecryptionFailed(`failed to decrypt '${lock.file}': ${error.message}`);
    throw error;
  }
}
