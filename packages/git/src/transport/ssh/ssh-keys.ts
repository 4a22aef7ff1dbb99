import { createHash } from 'node:crypto';
import { latest } from '@gotk/apimachinery';
import { InvalidLogin, type SshAccess } from '@gotk/auth';
import type { ParsedKey } from 'ssh2';
import { loadSsh2, type Ssh2 } from './load-ssh2.ts';
import { privateKeyOf } from './private-key.ts';

/**
 * Remembers private keys that were decrypted, which takes OpenSSH's format half a second and more on purpose, while nothing else happens in
 * the thread. One for the whole controller, so that each key costs that once and not at each interval. It knows them by a digest, and only
 * as many as were used last.
 */
export interface SshKeys {
  /** Throws `InvalidLogin`, again as long as the Secret is the same. */
  get(access: Pick<SshAccess, 'identity' | 'passphrase'>): Promise<ParsedKey>;
}

const REMEMBERED = 256;

export function createSshKeys(read: (access: Pick<SshAccess, 'identity' | 'passphrase'>, ssh2: Ssh2) => ParsedKey = privateKeyOf): SshKeys {
  const known = latest<string, ParsedKey | InvalidLogin>(REMEMBERED);
  return {
    async get(access) {
      const ssh2 = await loadSsh2();
      const id = createHash('sha256')
        .update(JSON.stringify([access.identity, access.passphrase]))
        .digest('base64');
      const outcome = known.get(id) ?? attempt(() => read(access, ssh2));
      known.set(id, outcome);
      if (outcome instanceof InvalidLogin) throw outcome;
      return outcome;
    },
  };
}

function attempt(read: () => ParsedKey): ParsedKey | InvalidLogin {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidLogin) return error;
    throw error;
  }
}
