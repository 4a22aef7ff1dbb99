import {
  type AwsKeys,
  askCloud,
  assumeRoleWithKeys,
  awsCredentials,
  type CloudMeans,
  domainOf,
  fieldsOf,
  signedHeaders,
  textField,
} from '@gotk/auth';
import { base64Bytes } from '../cipher/sealed-value.ts';
import type { KeyService, MasterKeyOf } from '../keys/master-key.ts';
import { SopsError } from '../sops-error.ts';

export interface AwsKmsOptions {
  readonly means: Omit<CloudMeans, 'signal'>;
  /** Absent: those of the controller, or of the ServiceAccount in `means`. */
  readonly keys?: AwsKeys | undefined;
}

/** The region becomes part of the name of a host that gets a signed request: `s3` would be one of its customers' buckets. */
const ARN = /^arn:aws[\w-]{0,20}:kms:([a-z]{2,10}(?:-[a-z]{2,12}){1,3}-\d{1,2}):\d{1,20}:(?:key|alias)\/[\w/-]{1,300}$/;
const SESSION = 'sops@gitops-toolkit';
const CALL = { provider: 'aws', step: 'decrypt the data key with AWS KMS' } as const;

/** Asks the Key Management Service of AWS. What is thrown is a `SopsError`, an `IdentityError`, or the signal's reason. */
export function awsKmsService({ means, keys }: AwsKmsOptions): KeyService<'kms'> {
  return async (key, signal) => {
    const region = ARN.exec(key.arn)?.[1];
    if (region === undefined) throw new SopsError('malformed', 'the ARN is none of a KMS key');
    if (base64Bytes(key.encrypted) === undefined) throw new SopsError('malformed', 'the encrypted data key is not base64');
    const own = { ...means, signal };
    const base = keys ?? (await awsCredentials({ region }, own));
    const credentials = key.role === '' ? base : await assumeRoleWithKeys({ role: key.role, session: SESSION, region }, base, own);
    const url = new URL(`https://kms.${region}.${domainOf(region)}/`);
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'TrentService.Decrypt' };
    const body = bodyOf(key);
    const scope = { region, service: 'kms', nowMs: means.clock.now() };
    const { authorization = '', host: _, ...rest } = signedHeaders({ method: 'POST', url, headers, body }, credentials, scope);
    const request = { method: 'POST', headers: rest, body, authorization } as const;
    const secrets = [credentials.secretAccessKey, credentials.sessionToken ?? ''];
    const answer = fieldsOf(await askCloud({ ...CALL, url, request, secrets }, own));
    return Buffer.from(textField(answer, 'Plaintext', CALL), 'base64');
  };
}

const bodyOf = ({ arn, encrypted, context }: MasterKeyOf<'kms'>): string =>
  JSON.stringify({
    KeyId: arn,
    CiphertextBlob: encrypted.replace(/[\r\n]/g, ''),
    ...(Object.keys(context).length === 0 ? {} : { EncryptionContext: context }),
  });
