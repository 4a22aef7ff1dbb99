import { parseDigest } from '../digest.ts';
import { OciError } from '../oci-error.ts';
import type { SignatureSource } from '../verification/signature-source.ts';
import type { RemoteRepository } from './registry.ts';

/** A repository, as the verification of its artifacts asks it. */
export function signatureSource(remote: RemoteRepository): SignatureSource {
  return {
    async manifest(reference, { signal, maxBytes }) {
      try {
        const { bytes } = await remote.manifest(reference, signal);
        if (bytes.length > maxBytes) throw new OciError('too-large', `the manifest '${reference}' has more than ${maxBytes} bytes`);
        return bytes;
      } catch (error) {
        if (error instanceof OciError && error.kind === 'not-found') return undefined;
        throw error;
      }
    },
    referrers: (digest, { signal }) => remote.referrers(parseDigest(digest), signal),
    blob: (descriptor, options) => remote.readBlob(descriptor, options),
  };
}
