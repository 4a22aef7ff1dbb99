import { OPENPGP_LABEL, verifyOpenpgpSignature } from './openpgp-signature.ts';
import { type KeyFile, Refused, type SignedObject, type Verification } from './outcome.ts';
import { signedContentOf } from './signed-content.ts';
import { SSH_LABEL, verifySshSignature } from './ssh-signature.ts';

export interface SignatureQuestion {
  readonly object: SignedObject;
  readonly keys: readonly KeyFile[];
  /** What keys and signatures must not have outlived. */
  readonly nowMs: number;
}

const SSH_SUFFIX = '.sshpub';

/**
 * Verifies the signature of a commit or of an annotated tag, over the bytes that came in, by the public keys of a Secret.
 *
 * Data in, data out, no I/O: fit for a worker thread. Never throws for what the object, the signature or the keys hold. A key counts when
 * it may sign both at the time of the signature and now, like upstream, which asks for now: what has since expired or been revoked does not
 * verify.
 */
export async function verifySignature({ object, keys, nowMs }: SignatureQuestion): Promise<Verification> {
  try {
    const { payload, signature } = signedContentOf(object);
    if (signature === undefined) return { kind: 'unsigned', message: `the ${object.type} is not signed` };
    const begins = (label: string) => signature.startsWith(`-----BEGIN ${label}-----`);
    if (begins(OPENPGP_LABEL)) {
      const files = some(
        keys.filter(({ name }) => !name.endsWith(SSH_SUFFIX)),
        'an OpenPGP signature needs public keys in armour, in entries that end in .asc',
      );
      return await verifyOpenpgpSignature(signature, { payload, files, nowMs });
    }
    if (begins(SSH_LABEL)) {
      const files = some(
        keys.filter(({ name }) => name.endsWith(SSH_SUFFIX)),
        'an SSH signature needs public keys in entries that end in .sshpub',
      );
      return verifySshSignature(signature, payload, files);
    }
    throw new Refused('the signature is neither one of OpenPGP nor one of SSH');
  } catch (error) {
    if (error instanceof Refused) return { kind: error.kind, message: error.message };
    throw error;
  }
}

function some(files: readonly KeyFile[], message: string): readonly KeyFile[] {
  if (files.length === 0) throw new Refused(`${message}, and the Secret has none`, 'unknown-key');
  return files;
}
