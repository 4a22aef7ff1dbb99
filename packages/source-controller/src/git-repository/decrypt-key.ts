import { InvalidLogin, type SshAccess } from '@gotk/auth';

/** Plain data: it crosses into a worker thread. */
export type DecryptKey = Pick<SshAccess, 'identity' | 'passphrase'>;

/** The key without its passphrase, or why there is none. */
export type DecryptedKey = { readonly identity: string } | { readonly refusal: string };

/** What decrypts is loaded when it is needed: most threads never do. */
export async function decryptKey(task: DecryptKey): Promise<DecryptedKey> {
  const { decryptedIdentity } = await import('@gotk/git/private-keys');
  try {
    return { identity: await decryptedIdentity(task) };
  } catch (error) {
    if (error instanceof InvalidLogin) return { refusal: error.message };
    throw error;
  }
}
