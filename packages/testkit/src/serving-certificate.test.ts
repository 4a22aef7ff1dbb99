import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get } from 'node:https';
import { expect, test } from 'vitest';
import { issueServingCertificate } from './serving-certificate.ts';

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
