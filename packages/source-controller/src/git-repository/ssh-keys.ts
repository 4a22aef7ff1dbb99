import { createHash } from 'node:crypto';
import { type Clock, DeadlineExceeded } from '@gotk/apimachinery';
import { InvalidLogin } from '@gotk/auth';
import type { Remote } from '@gotk/git';
import { TaskFailed, type WorkerPool } from '@gotk/runtime';
import { createFlights } from '../source/flights.ts';
import type { DecryptedKey, DecryptKey } from './decrypt-key.ts';

/**
 * Decrypts private keys that have a passphrase, which takes half a second and more on purpose, in a thread: nobody else waits for it. One for all repositories, so that each
 * key costs that once and not at each look. It knows them by a digest, and only as many as were used last.
 */
export interface SshKeys {
  /** The remote with a key that needs no passphrase; any other as it is. Throws `InvalidLogin`, again as long as the Secret is the same, or the signal's reason. */
  unlocked(remote: Remote, asker: KeyAsker): Promise<Remote>;
}

export interface KeyAsker {
  readonly signal: AbortSignal;
  /** On whose behalf, as `namespace/name`. */
  readonly of: string;
}

export interface SshKeysOptions {
  readonly workers: Pick<WorkerPool, 'run'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 30_000;

export function createSshKeys({ workers, clock, deadlineMs = DEADLINE_MS }: SshKeysOptions): SshKeys {
  const known = createFlights<DecryptedKey>(clock);
  const decrypted = async (key: DecryptKey, { signal, of }: KeyAsker): Promise<DecryptedKey> => {
    const id = createHash('sha256')
      .update(JSON.stringify([key.identity, key.passphrase]))
      .digest('base64');
    // A key stays what it is: an answer is never too old.
    const asker = { signal, sinceMs: Number.NEGATIVE_INFINITY };
    try {
      return await known.join(id, asker, (all) =>
        workers.run<DecryptKey, DecryptedKey>('decrypt key', key, { signal: all, deadlineMs, of, repeatable: true }),
      );
    } catch (error) {
      if (error instanceof DeadlineExceeded || (error instanceof TaskFailed && error.kind === 'deadline'))
        throw new InvalidLogin("'identity' of the Secret was not decrypted in time: give it a passphrase that takes fewer rounds", {
          cause: error,
        });
      throw error;
    }
  };
  return {
    async unlocked(remote, asker) {
      if (!('identity' in remote.access) || remote.access.passphrase === undefined) return remote;
      const { passphrase, identity, ...access } = remote.access;
      const key = await decrypted({ identity, passphrase }, asker);
      if ('refusal' in key) throw new InvalidLogin(key.refusal);
      return { ...remote, access: { ...access, identity: key.identity } } as Remote;
    },
  };
}
