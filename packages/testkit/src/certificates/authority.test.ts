import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get } from 'node:https';
import { expect, test } from 'vitest';
import { createAuthority, issueServingCertificate } from './authority.ts';

test('a client that trusts the authority, and only such a client, talks to a server with the certificate', async () => {
  const { ca, cert, key } = issueServingCertificate(['localhost', '127.0.0.1']);
  const server = createServer({ cert, key }, (_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const url = `https://127.0.0.1:${address.port}/`;

  const [answer] = await once(get(url, { ca }), 'response');
  answer.resume();
  const [refusal] = await once(get(url), 'error');
  server.close();

  expect(answer.statusCode).toBe(200);
  expect(refusal.code).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
});

test('the certificate names its hosts and is signed by its authority', () => {
  const issued = issueServingCertificate(['git.example.com', '127.0.0.1']);
  const [ca, cert] = [new X509Certificate(issued.ca), new X509Certificate(issued.cert)];

  expect(cert.subjectAltName).toBe('DNS:git.example.com, IP Address:127.0.0.1');
  expect(cert.verify(ca.publicKey)).toBe(true);
  expect(cert.checkIssued(ca)).toBe(true);
  expect([ca.ca, cert.ca]).toEqual([true, false]);
});

test('an authority issues certificates for what they are asked for, in names and times', () => {
  const [notBefore, notAfter] = [new Date('2026-01-01T00:00:00Z'), new Date('2060-01-01T00:00:00Z')];
  const authority = createAuthority({ keys: 'rsa', notBefore, notAfter, subject: { commonName: 'root', organization: 'Example' } });
  const holder = { country: 'US', state: 'WA', organization: 'Example', commonName: 'signer' };

  const signing = new X509Certificate(authority.issueCodeSigning(holder, { notAfter: new Date('2026-02-01T00:00:00Z') }).cert);
  const client = new X509Certificate(authority.issueClient('me').cert);

  expect(signing.subject).toBe('C=US\nST=WA\nO=Example\nCN=signer');
  expect([signing.validFrom, signing.validTo]).toEqual(['Jan  1 00:00:00 2026 GMT', 'Feb  1 00:00:00 2026 GMT']);
  expect(signing.keyUsage).toEqual(['1.3.6.1.5.5.7.3.3']);
  expect([client.subject, client.keyUsage]).toEqual(['CN=me', ['1.3.6.1.5.5.7.3.2']]);
  expect(client.validTo).toBe('Jan  1 00:00:00 2060 GMT');
  for (const cert of [signing, client]) expect(cert.verify(new X509Certificate(authority.ca).publicKey)).toBe(true);
});
