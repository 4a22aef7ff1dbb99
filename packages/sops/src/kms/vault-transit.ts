import { fieldsOf } from '@gotk/auth';
import { base64Bytes } from '../cipher/sealed-value.ts';
import type { KeyService } from '../keys/master-key.ts';
import { SopsError } from '../sops-error.ts';
import { askVault, type VaultServer } from './vault-server.ts';

/** A token for a server, and what to do when the server does not accept it. */
export interface VaultToken {
  readonly token: string;
  readonly drop?: (() => void) | undefined;
}

export interface VaultOptions extends Omit<VaultServer, 'address' | 'signal'> {
  /** What is thrown is thrown on. */
  readonly tokenFor: (address: string, signal: AbortSignal) => Promise<VaultToken>;
}

/** Asks the transit engine of HashiCorp Vault or OpenBao at the address in the file. Throws `SopsError`, or the signal's reason. */
export function vaultService({ tokenFor, ...how }: VaultOptions): KeyService<'hc_vault'> {
  return async ({ address, enginePath, keyName, encrypted }, signal) => {
    if (keyName === '' || enginePath === '') throw new SopsError('malformed', 'the key has no path in a transit engine');
    const { token, drop: onDenied } = await tokenFor(address, signal);
    const path = [...enginePath.split('/'), 'decrypt', ...keyName.split('/')];
    const answer = await askVault(
      { ...how, address, signal },
      { path, token, body: { ciphertext: encrypted }, ...(onDenied === undefined ? {} : { onDenied }) },
    );
    const { plaintext } = fieldsOf(JSON.stringify(answer.data ?? null));
    const bytes = typeof plaintext === 'string' && plaintext !== '' ? base64Bytes(plaintext) : undefined;
    if (bytes === undefined) throw new SopsError('no-key', `the answer of ${new URL(address).host} has no plaintext`);
    return bytes;
  };
}
