import { type Expiring, fieldsOf } from '@gotk/auth';
import { SopsError } from '../sops-error.ts';
import { askVault, type VaultServer } from './vault-server.ts';

export interface VaultLogin {
  /** Of a method that takes JWTs, as in `auth/kubernetes/login`; namespaces before it. */
  readonly loginPath: string;
  readonly role: string;
  /** Of a ServiceAccount, for the server's address. */
  readonly jwt: string;
}

export interface IssuedVaultToken extends Expiring {
  readonly token: string;
}

/** Logs in to a server of HashiCorp Vault or OpenBao. Throws `SopsError`, or the signal's reason. */
export async function vaultLogin({ loginPath, role, jwt }: VaultLogin, server: VaultServer): Promise<IssuedVaultToken> {
  try {
    const answer = await askVault(server, { path: loginPath.split('/'), body: { role, jwt }, secret: jwt });
    const { client_token: token, lease_duration: seconds, num_uses: uses } = fieldsOf(JSON.stringify(answer.auth ?? null));
    if (typeof token !== 'string' || token === '') throw new SopsError('no-key', 'the answer has no token');
    // One that may be used so many times is gone before it expires.
    const lifeMs = typeof seconds === 'number' && !(typeof uses === 'number' && uses > 0) ? seconds * 1_000 : 0;
    return { token, expiresAtMs: server.clock.now() + lifeMs };
  } catch (error) {
    if (error instanceof SopsError) throw new SopsError(error.kind, `failed to log in at '${loginPath}' as '${role}': ${error.message}`);
    throw error;
  }
}
