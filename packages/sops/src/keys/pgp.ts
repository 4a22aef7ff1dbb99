import type { PrivateKey } from 'openpgp';
import { SopsError } from '../sops-error.ts';
import type { KeyService } from './master-key.ts';

const MAX_LENGTH = 1024 * 1024;
const MAX_KEYS = 100;
/** A data key has 32 bytes: whatever decompresses to more is none. */
const MAX_PLAIN_BYTES = 4 * 1024;

/** Keys that gpg made before it knew better are good for decrypting, as gpg has it. */
const CONFIG = {
  minRSABits: 1024,
  rejectPublicKeyAlgorithms: new Set<never>(),
  rejectCurves: new Set<never>(),
  maxDecompressedMessageSize: MAX_PLAIN_BYTES,
  allowUnauthenticatedMessages: false,
} as const;

/** The secret keys of a file. Throws `SopsError`, also for a key with a passphrase: nobody is there to be asked for it. */
export async function pgpKeys(armored: string): Promise<readonly PrivateKey[]> {
  if (armored.length > MAX_LENGTH) throw new SopsError('too-large', `an OpenPGP key file has ${MAX_LENGTH} characters at most`);
  const { readPrivateKeys } = await import('openpgp');
  const keys = await readPrivateKeys({ armoredKeys: armored, config: CONFIG }).catch(() => undefined);
  if (keys === undefined || keys.length === 0) throw new SopsError('unsupported', 'the file holds no OpenPGP secret key');
  if (keys.length > MAX_KEYS) throw new SopsError('too-large', `more than ${MAX_KEYS} OpenPGP keys`);
  if (keys.some((key) => !key.isDecrypted())) throw new SopsError('unsupported', 'an OpenPGP key has a passphrase');
  return keys;
}

/** Decrypts with OpenPGP keys, by whichever of them the message was encrypted for. */
export function pgpService(keys: readonly PrivateKey[]): KeyService<'pgp'> {
  return async ({ encrypted }) => {
    if (keys.length === 0) throw new SopsError('no-key', 'there are no OpenPGP keys');
    const { decrypt, readMessage } = await import('openpgp');
    try {
      const message = await readMessage({ armoredMessage: encrypted, config: CONFIG });
      const { data } = await decrypt({ message, decryptionKeys: [...keys], format: 'binary', config: CONFIG });
      return data;
    } catch {
      throw new SopsError('no-key', 'no OpenPGP key matches, or it was not encrypted by OpenPGP');
    }
  };
}
