import { askCloud, type CloudMeans, fieldsOf, type GcpToken, gcpToken, textField } from '@gotk/auth';
import { base64Bytes } from '../cipher/sealed-value.ts';
import type { KeyService } from '../keys/master-key.ts';
import { SopsError } from '../sops-error.ts';

export interface GcpKmsOptions {
  readonly means: Omit<CloudMeans, 'signal'>;
  /** Absent: that of the controller, or of the ServiceAccount in `means`. */
  readonly token?: ((means: CloudMeans) => Promise<GcpToken>) | undefined;
}

const RESOURCE = /^projects\/[\w.:-]{1,100}\/locations\/[\w-]{1,100}\/keyRings\/[\w-]{1,100}\/cryptoKeys\/[\w-]{1,100}$/;
const CALL = { provider: 'gcp', step: 'decrypt the data key with GCP KMS' } as const;

/** Asks the Key Management Service of Google Cloud. What is thrown is a `SopsError`, an `IdentityError`, or the signal's reason. */
export function gcpKmsService({ means, token = gcpToken }: GcpKmsOptions): KeyService<'gcp_kms'> {
  return async ({ resourceId, encrypted }, signal) => {
    if (!RESOURCE.test(resourceId)) throw new SopsError('malformed', 'the resource is no key of GCP KMS');
    if (base64Bytes(encrypted) === undefined) throw new SopsError('malformed', 'the encrypted data key is not base64');
    const own = { ...means, signal };
    const { token: bearer } = await token(own);
    const answer = await askCloud(
      {
        ...CALL,
        url: new URL(`https://cloudkms.googleapis.com/v1/${resourceId}:decrypt`),
        request: {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ ciphertext: encrypted.replace(/[\r\n]/g, '') }),
          authorization: `Bearer ${bearer}`,
        },
        secrets: [bearer],
      },
      own,
    );
    return Buffer.from(textField(fieldsOf(answer), 'plaintext', CALL), 'base64');
  };
}
