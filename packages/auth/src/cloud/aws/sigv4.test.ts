import { describe, expect, test } from 'vitest';
import { presignedUrl, signedHeaders } from './sigv4.ts';

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

/** What AWS's SDK for Python (botocore, `SigV4QueryAuth`) makes of the same request. */
describe('a URL that is signed beforehand', () => {
  const asked = { method: 'GET', headers: { 'x-k8s-aws-id': 'prod' } };
  const sts = new URL('https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15');
  const at = { region: 'eu-west-1', service: 'sts', nowMs: Date.parse('2026-01-02T03:04:05Z'), expiresSeconds: 900 };
  const keys = { accessKeyId: 'ASIA1', secretAccessKey: 'secret+/=' };
  const common =
    'https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIA1%2F20260102%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=900';

  test('is as AWS makes it with keys', () => {
    expect(presignedUrl({ ...asked, url: sts }, keys, at)).toBe(
      `${common}&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=bea68991e8f57def2dd4736c5fb7fed38687bdf20a6677eb5493b74b62b79be2`,
    );
  });

  test('is as AWS makes it with keys of a session', () => {
    expect(presignedUrl({ ...asked, url: sts }, { ...keys, sessionToken: 'session+/=' }, at)).toBe(
      `${common}&X-Amz-Security-Token=session%2B%2F%3D&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=034a9ceb449b2392ee3ab4668caf961cc60a30d822c3ce045613590c33d66c13`,
    );
  });
});
