import { describe, expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import { clientBed, configMaps, failure, key, ok, signal, web } from '../../test/client-bed.ts';
import { ConnectionError } from '../errors.ts';
import { createKubeClient } from '../kube-client.ts';

describe('trust', () => {
  test('a server of another authority is no answer', async () => {
    await using bed = await clientBed(ok, { to: { ca: certificates.otherCa } });
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toBeInstanceOf(ConnectionError);
    expect(bed.server.received).toHaveLength(0);
  });

  test('is not asked for when it shall not be', async () => {
    await using bed = await clientBed(ok, { to: { ca: undefined, insecureSkipTlsVerify: true } });
    expect(await bed.client.get(configMaps, key, { signal })).toEqual(web);
  });

  test('follows the name that the connection gives the server', async () => {
    await using bed = await clientBed(ok, { to: { tlsServerName: 'localhost' } });
    expect(await bed.client.get(configMaps, key, { signal })).toEqual(web);
    await using wrong = await clientBed(ok, { to: { tlsServerName: 'example.dev' } });
    expect(String(await failure(wrong.client.get(configMaps, key, { signal })))).toContain('example.dev');
  });

  test('follows an address that the connection gives the server, and does not ask for it by name', async () => {
    await using bed = await clientBed(ok, { to: { tlsServerName: '127.0.0.1' } });
    expect(await bed.client.get(configMaps, key, { signal })).toEqual(web);
    await using wrong = await clientBed(ok, { to: { tlsServerName: '10.0.0.1' } });
    expect(String(await failure(wrong.client.get(configMaps, key, { signal })))).toContain("IP: 10.0.0.1 is not in the cert's list");
  });

  test('a client certificate is shown, and a new one from the next request on', async () => {
    const connection = { clientCertificate: certificates.firstClient };
    const bed = await clientBed(ok);
    const client = createKubeClient({
      connection: {
        server: bed.server.url,
        ca: certificates.ca,
        get clientCertificate() {
          return connection.clientCertificate;
        },
      },
      userAgent: 'test/1',
    });
    await client.get(configMaps, key, { signal });
    await client.get(configMaps, key, { signal });
    connection.clientCertificate = certificates.secondClient as typeof certificates.firstClient;
    await client.get(configMaps, key, { signal });
    await bed.client.get(configMaps, key, { signal });
    expect(bed.server.received.map(({ client: name }) => name)).toEqual(['first-client', 'first-client', 'second-client', undefined]);
    expect(bed.server.connections).toBe(3);
    await client.close();
    await bed[Symbol.asyncDispose]();
  });

  test.each(['http://example.dev', 'http://127.0.0.1.example.dev', 'ftp://127.0.0.1', 'http://10.0.0.1'])(
    '%s is no place to send a token to',
    (server) => {
      expect(() => createKubeClient({ connection: { server }, userAgent: 'test/1' })).toThrow(
        'neither https nor http on a loopback address',
      );
    },
  );
});

describe('reach', () => {
  test('a server elsewhere is no local one, by whatever name', async () => {
    await using bed = await clientBed(ok);
    const { port } = bed.server;
    const named = createKubeClient({
      connection: { server: `https://localhost:${port}`, ca: certificates.ca, reach: 'remote' },
      userAgent: 'test/1',
    });
    const error = await failure(named.get(configMaps, key, { signal }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toContain(`'localhost' is a loopback, link-local or metadata address`);
    expect(() => createKubeClient({ connection: { server: `https://127.0.0.1:${port}`, reach: 'remote' }, userAgent: 'test/1' })).toThrow(
      'loopback, link-local or metadata address',
    );
    expect(bed.server.connections).toBe(0);
    await named.close();
  });
});
