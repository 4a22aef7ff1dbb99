import type { Kustomization } from '@gotk/api';
import { type ReconcileContext, TaskFailed } from '@gotk/runtime';
import { SopsError } from '@gotk/sops';
import { type KeyServices, recoverDataKey } from '@gotk/sops/keys';
import type { Built } from '../kustomization/build-tree.ts';
import type { Failure, Locked } from './build-encrypted.ts';
import { InvalidKeyFile } from './key-files.ts';
import type { DataKeys, Lock } from './key-ring.ts';
import { type KeySecretOptions, keyFilesFor } from './key-secret.ts';
import { localServices, type UnwrapInThread } from './local-services.ts';
import { type RemoteServicesOptions, remoteServices } from './remote-services.ts';

/** How this controller comes to keys. */
export type DecryptionDeps = RemoteServicesOptions & Omit<KeySecretOptions, 'signal'>;

export interface DecryptedBuild {
  readonly deps: DecryptionDeps;
  readonly signal: AbortSignal;
  /** Builds in a thread with the data keys that are known so far. */
  readonly build: (dataKeys: DataKeys) => Promise<Built | Locked | Failure>;
  readonly unwrap: UnwrapInThread;
  /** Takes the texts that must not be shown, before anything that may quote them is said. */
  readonly conceal: (texts: readonly string[]) => void;
  /** Does what may take as long as the servers that hold master keys like. */
  readonly wait: ReconcileContext['waitForStrangers'];
}

/** A file that includes what only shows once it is decrypted, and so on. */
const MAX_ROUNDS = 10;

/** The keys of a file were not to be had. The message names the file. */
export class DecryptionFailed extends Error {
  override readonly name = 'DecryptionFailed';
}

/**
 * Builds what may be encrypted: the thread says which data keys it lacks, and gets them, and no master key. Nothing is written.
 * Throws `DecryptionFailed`, `KeySecretNotFound`, `InvalidKeyFile`, what the build throws, or the signal's reason.
 */
export async function buildDecrypted(
  kustomization: Kustomization,
  { deps, signal, build, unwrap, conceal, wait }: DecryptedBuild,
): Promise<Built> {
  // A Secret that is missing or broken is said to be so, whether it is needed today or not.
  const files = await keyFilesFor(kustomization, { ...deps, signal });
  const local = (locks: readonly Lock[]) => localServices(files, locks, (task) => unwrap(task).catch(refused));
  await local([]);
  const remote = await remoteServices(files, kustomization, deps);
  const dataKeys: Record<string, Uint8Array> = {};
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const outcome = await build(dataKeys);
    if ('objects' in outcome) {
      conceal(outcome.secretTexts);
      return outcome;
    }
    if ('failure' in outcome) {
      conceal(outcome.secretTexts);
      throw new TaskFailed(outcome.failure.message, { kind: 'error', errorName: outcome.failure.name });
    }
    const services = { ...remote, ...(await local(outcome.locks)) };
    for (const lock of outcome.locks) dataKeys[lock.id] = await wait(() => keyOf(lock, services, signal));
  }
  throw new DecryptionFailed(`failed to decrypt: new keys were needed ${MAX_ROUNDS} times`);
}

/** What a thread says of keys, as it would be said here. */
function refused(error: unknown): never {
  if (!(error instanceof TaskFailed)) throw error;
  throw error.errorName === 'InvalidKeyFile'
    ? new InvalidKeyFile(error.message)
    : new DecryptionFailed(`failed to decrypt: ${error.message}`);
}

async function keyOf(lock: Lock, services: KeyServices, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await recoverDataKey(lock, services, signal);
  } catch (error) {
    if (error instanceof SopsError) throw new DecryptionFailed(`failed to decrypt '${lock.file}': ${error.message}`);
    throw error;
  }
}
