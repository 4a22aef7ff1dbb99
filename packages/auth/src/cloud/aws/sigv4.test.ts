import { describe, expect, test } from 'vitest';
import { signedHeaders } from './sigv4.ts';

/** Of the examples that AWS published for implementers. */
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', expiresAtMs: 0 };
const scope = { region: 'us-east-1', service: 'service', nowMs: Date.parse('2015-08-30T12:36:00Z') };
const url = new URL('https://example.amazonaws.com/');

test('get-vanilla', () => {
  expect(signedHeaders({ method: 'GET', url }, credentials, scope).authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  );
});

test('post-x-www-form-urlencoded', () => {
  const request = { method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'Param1=value1' };

  expect(signedHeaders(request, credentials, scope).authorization).toContain(
    'SignedHeaders=content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  );
});

describe('an example of S3', () => {
  const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  const ofS3 = { region: 'us-east-1', service: 's3', nowMs: Date.parse('2013-05-24T00:00:00Z') };
  const empty = { 'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' };

  const signatureOf = (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const request = { method: 'GET', url: new URL(path, 'https://examplebucket.s3.amazonaws.com'), headers: { ...empty, ...headers } };
    return /Signature=(.*)$/.exec(signedHeaders(request, keys, ofS3).authorization ?? '')?.[1];
  };

  test('GET Object', () => {
    expect(signatureOf('/test.txt', { range: 'bytes=0-9' })).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
  });

  test('List Objects', () => {
    expect(signatureOf('/?max-keys=2&prefix=J')).toBe('34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7');
  });
});
