import { armor, Decrypter } from 'age-encryption';
import { SopsError } from '../sops-error.ts';
import type { KeyService } from './master-key.ts';

const MAX_IDENTITIES = 100;
const MAX_LENGTH = 1024 * 1024;

/**
 * The identities of an age key file, one a line: X25519 and the post-quantum hybrid. Throws `SopsError` that names the line and quotes
 * nothing: plugins, SSH keys and files with a passphrase are refused.
 */
export function ageIdentities(text: string): readonly string[] {
  if (text.length > MAX_LENGTH) throw new SopsError('too-large', `an age key file has ${MAX_LENGTH} characters at most`);
  const identities = text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const identity = line.trim();
    const refusal = objectionTo(identity);
    if (refusal !== undefined) throw new SopsError('unsupported', `line ${index + 1} of the age key file ${refusal}`);
    return [identity];
  });
  if (identities.length > MAX_IDENTITIES) throw new SopsError('too-large', `more than ${MAX_IDENTITIES} age identities`);
  return identities;
}

function objectionTo(identity: string): string | undefined {
  if (/^AGE-PLUGIN-/i.test(identity)) return 'is the identity of a plugin: no programs are started here';
  if (/^-----BEGIN AGE ENCRYPTED FILE/.test(identity)) return 'begins a file with a passphrase: nobody is there to be asked for it';
  if (/^-----BEGIN/.test(identity)) return 'begins an SSH key: only native age identities are supported';
  try {
    new Decrypter().addIdentity(identity);
    return undefined;
  } catch {
    return 'is no age identity';
  }
}

/** Decrypts for identities of age. A key that was encrypted with a passphrase instead is refused before any work is done for it. */
export function ageService(identities: readonly string[]): KeyService<'age'> {
  return async ({ encrypted }) => {
    if (identities.length === 0) throw new SopsError('no-key', 'there are no age identities');
    const decrypter = new Decrypter();
    for (const identity of identities) decrypter.addIdentity(identity);
    try {
      return await decrypter.decrypt(armor.decode(encrypted.trim()));
    } catch {
      // What the library says of hostile bytes is not for people.
      throw new SopsError('no-key', 'no identity matches, or it was not encrypted by age');
    }
  };
}
