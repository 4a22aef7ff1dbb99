import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { heapAfterCollection } from '@gotk/apimachinery/garbage';
import { describe, expect, test } from 'vitest';
import { clientOf, failureOf, get } from '../../test/asking.ts';
import { certificates } from '../../test/certificates.ts';
import { startHttpProxy } from '../../test/proxies.ts';
import { startHttpServer, until } from '../../test/servers.ts';
import { ANONYMOUS, type HttpAccess } from './http-access.ts';

describe('TLS', () => {
  const greeting = (tls: { cert: string; key: string }, host = 'localhost') =>
    startHttpServer((_, response) => response.end('hello'), { tls, host });
  const trusting: HttpAccess = { ...ANONYMOUS, ca: certificates.ca };

  test.each(['localhost', '127.0.0.1'])('is spoken with a server at %s that an authority of the bundle vouches for', async (host) => {
    await using server = await greeting(certificates.server, host);

    expect(await failureOf(server.url, {}, trusting)).toBe('answered with 5 bytes');
  });

  test.each([
    ['an authority that nobody named', certificates.server, ANONYMOUS, /issuer certificate|self-signed/],
    ['another name', certificates.elsewhere, trusting, /does not match/],
    [
      'a time that is over, which is told with the time of the clock here (F15)',
      certificates.expired,
      trusting,
      /expired \(it is 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z here\)/,
    ],
  ])('is not spoken with a server that has a certificate of %s', async (...[, certificate, access, message]) => {
    await using server = await greeting(certificate);

    expect(await failureOf(server.url, {}, access)).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(message) });
    expect(server.received).toEqual([]);
  });

  test('is spoken with a server whose own certificate is in the bundle', async () => {
    await using server = await greeting(certificates.server);

    expect(await failureOf(server.url, {}, { ...ANONYMOUS, ca: certificates.server.cert })).toBe('answered with 5 bytes');
  });

  test('is spoken with servers of the system as well, whatever the bundle', async () => {
    await using server = await greeting(certificates.server);
    await using proxy = await startHttpProxy({ tls: certificates.server });
    const access = { ...ANONYMOUS, ca: certificates.elsewhere.cert };
    const before = getCACertificates('default');
    setDefaultCACertificates([certificates.ca]);
    try {
      using client = clientOf({ access });
      for (let count = 0; count < 2; count++) expect((await (await get(client, server.url)).bytes()).length).toBe(5);
      expect(server.connections).toBe(2);
      using other = clientOf({ access });
      const answers = await Promise.all([1, 2, 3, 4].map(() => get(other, server.url)));
      for (const answer of answers) expect((await answer.bytes()).length).toBe(5);
      expect(await failureOf(server.url, {}, { ...access, proxy: { address: new URL(proxy.url) } })).toBe('answered with 5 bytes');
    } finally {
      setDefaultCACertificates(before);
    }
  });

  test("shows the client's certificate to the server it is for", async () => {
    await using server = await greeting(certificates.server);

    await failureOf(server.url, {}, { ...trusting, clientCertificate: { ...certificates.client, origin: server.url } });
    await failureOf(server.url, {}, { ...trusting, clientCertificate: { ...certificates.client, origin: 'https://other.example.com' } });

    expect(server.received.map(({ certificate }) => certificate)).toEqual(['tenant', undefined]);
  });

  test.each([
    ['no certificate', { cert: 'CANARY', key: certificates.client.key }],
    ['a key for another certificate', { cert: certificates.client.cert, key: certificates.server.key }],
  ])('fails as any connection does with %s', async (_, pair) => {
    await using server = await greeting(certificates.server);

    const failure = await failureOf(server.url, {}, { ...trusting, clientCertificate: { ...pair, origin: server.url } });

    expect(failure).toMatchObject({ name: 'HttpFailure', kind: 'unreachable' });
    expect(String(failure)).not.toContain('CANARY');
  });

  test('that fails a thousand times leaves nothing behind', { timeout: 120_000 }, async () => {
    await using server = await greeting(certificates.server);
    using client = clientOf();
    const fail = async (times: number) => {
      for (let count = 0; count < times; count++) await get(client, server.url).catch(() => undefined);
    };
    await fail(200);
    const [before, resources] = [await heapAfterCollection(), process.getActiveResourcesInfo().length];

    await fail(1_000);

    await until(() => server.open === 0);
    expect((await heapAfterCollection()) - before).toBeLessThan(2 * 1024 * 1024);
    expect(process.getActiveResourcesInfo().length).toBeLessThan(resources + 10);
  });
});
