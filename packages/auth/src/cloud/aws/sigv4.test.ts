import { expect, test } from 'vitest';
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
