import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import { configMaps, failure, key, signal, web } from '../../test/client-bed.ts';
import { type HttpsServer, httpsServer, json } from '../../test/https-server.ts';
import { base64, type Fields, kubeconfigSecret, kubeconfigText } from '../../test/kubeconfig-secret.ts';
import { ApiError, ConnectionError } from '../errors.ts';
import { createKubeClient } from '../kube-client.ts';
import type { RequestSeen } from '../transport/transport.ts';
import { createRemoteClients, type RemoteClientsOptions } from './remote-clients.ts';
import type { Secret } from './secret-kubeconfig.ts';
import { UnusableKubeconfig } from './unusable-kubeconfig.ts';

/** The controller's own token: no server but its own may ever see it. */
const CANARY = 'canary-token-of-the-controller';
const secretRef = { name: 'prod' };
const cluster = { namespace: 'apps', kubeConfig: { secretRef } };

/** A cluster that the controller runs in, another that a Secret points to, and what both of them were sent. */
async function setUp(options: Partial<RemoteClientsOptions> = {}) {
  const stored = new Map<string, unknown>();
  const home = await httpsServer((request, response) => {
    const object = stored.get(request.url.split('/').slice(-2).join('/'));
    if (object === undefined) json(response, { kind: 'Status', message: 'nothing there', reason: 'NotFound' }, 404);
    else if (object instanceof ApiError) json(response, { kind: 'Status', message: object.message }, object.status);
    else json(response, object, request.method === 'POST' ? 201 : 200);
  });
  const away = await httpsServer((_request, response) => json(response, web));
  const clock = fakeClock();
  const seen: RequestSeen[] = [];
  const client = createKubeClient({
    connection: { server: home.url, ca: certificates.ca, token: () => Promise.resolve(CANARY) },
    userAgent: 'test/1',
    clock,
  });
  const remotes = createRemoteClients({
    client,
    userAgent: 'test/1',
    clock,
    policy: { allowLocalAddresses: true },
    onRequest: (request) => seen.push(request),
    ...options,
  });
  const store = (user: Fields = {}, metadata: Readonly<Record<string, string>> = {}): Secret => {
    const to = { server: away.url, 'certificate-authority-data': base64(certificates.ca) };
    const secret = kubeconfigSecret({ value: kubeconfigText({ cluster: to, user }) }, metadata);
    stored.set('secrets/prod', secret);
    return secret;
  };
  return {
    clock,
    home,
    away,
    stored,
    store,
    seen,
    remotes,
    async [Symbol.asyncDispose]() {
      await remotes.close();
      await client.close();
      await Promise.all([home, away].map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

const tokensSeen = (server: HttpsServer) => server.received.map(({ headers }) => headers.authorization);

describe('a remote client', () => {
  test('comes as whom the Secret says', async () => {
    await using bed = await setUp();
    bed.store({ token: 't0ken' });
    using borrowed = await bed.remotes.borrow(cluster, { signal });
    expect(await borrowed.client.get(configMaps, key, { signal })).toEqual(web);
    expect(tokensSeen(bed.away)).toEqual(['Bearer t0ken']);
    expect(bed.home.received.map(({ url }) => url)).toEqual(['/api/v1/namespaces/apps/secrets/prod']);
    expect(bed.seen).toMatchObject([{ verb: 'get', resource: 'configmaps', code: 200 }]);
  });

  test('acts for a ServiceAccount of the object’s namespace, on every request', async () => {
    await using bed = await setUp();
    bed.store({ token: 't0ken' });
    using borrowed = await bed.remotes.borrow({ ...cluster, serviceAccountName: 'deployer' }, { signal });
    using plain = await bed.remotes.borrow({ ...cluster, serviceAccountName: '' }, { signal });
    await borrowed.client.get(configMaps, key, { signal });
    await borrowed.client.apply(configMaps, web, { signal, fieldManager: 'x', force: true });
    await borrowed.client.delete(configMaps, key, { signal });
    await plain.client.get(configMaps, key, { signal });
    const account = 'system:serviceaccount:apps:deployer';
    expect(bed.away.received.map(({ headers }) => headers['impersonate-user'])).toEqual([account, account, account, undefined]);
    expect(bed.remotes.size).toBe(1);
    await expect(bed.remotes.borrow({ ...cluster, serviceAccountName: 'x:y' }, { signal })).rejects.toThrow('not a name');
  });

  test('of a ConfigMap comes with a token of its ServiceAccount, asked for once', async () => {
    await using bed = await setUp();
    const data = { provider: 'generic', address: bed.away.url, 'ca.crt': certificates.ca, serviceAccountName: 'deployer' };
    bed.stored.set('configmaps/prod', { metadata: { namespace: 'apps', name: 'prod', uid: 'u2', resourceVersion: '1' }, data });
    bed.stored.set('deployer/token', { metadata: { name: 'deployer' }, spec: { expirationSeconds: 3600 }, status: { token: 't0ken' } });
    using borrowed = await bed.remotes.borrow({ namespace: 'apps', kubeConfig: { configMapRef: { name: 'prod' } } }, { signal });
    await borrowed.client.get(configMaps, key, { signal });
    await borrowed.client.get(configMaps, key, { signal });
    expect(tokensSeen(bed.away)).toEqual(['Bearer t0ken', 'Bearer t0ken']);
    expect(bed.home.received.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  test('is what the caller makes of it', async () => {
    const refused = () => Promise.reject(new Error('the lease is lost'));
    await using bed = await setUp({ wrap: (client) => ({ ...client, delete: refused }) });
    bed.store();
    for (const serviceAccountName of [undefined, 'deployer']) {
      using borrowed = await bed.remotes.borrow({ ...cluster, serviceAccountName }, { signal });
      await expect(borrowed.client.delete(configMaps, key, { signal })).rejects.toThrow('the lease is lost');
      await borrowed.client.get(configMaps, key, { signal });
    }
  });

  test('tells of the Secret that it was made from', async () => {
    const secrets: unknown[] = [];
    await using bed = await setUp({ onSecret: (secret) => secrets.push(secret) });
    const secret = bed.store({ token: 't0ken' });
    using _borrowed = await bed.remotes.borrow(cluster, { signal });
    expect(secrets).toEqual([secret]);
  });

  test('has a ceiling of its own on the rate of its requests', async () => {
    await using bed = await setUp({ qps: 1, burst: 1 });
    bed.store();
    using borrowed = await bed.remotes.borrow(cluster, { signal });
    await borrowed.client.get(configMaps, key, { signal });
    let answered = false;
    const second = borrowed.client.get(configMaps, key, { signal }).then(() => {
      answered = true;
    });
    await bed.clock.advance(999);
    expect([answered, bed.away.received.length]).toEqual([false, 1]);
    await bed.clock.advance(1);
    await second;
  });
});

describe('the controller’s own token (CVE-2022-24817)', () => {
  test.each<[string, Fields]>([
    ['nobody', {}],
    ['a token', { token: 't0ken' }],
    [
      'a certificate',
      { 'client-certificate-data': base64(certificates.firstClient.cert), 'client-key-data': base64(certificates.firstClient.key) },
    ],
  ])('never reaches the server of a kubeconfig that logs in as %s', async (_who, user) => {
    await using bed = await setUp();
    bed.store(user);
    using borrowed = await bed.remotes.borrow({ ...cluster, serviceAccountName: 'deployer' }, { signal });
    await borrowed.client.get(configMaps, key, { signal });
    await borrowed.client.apply(configMaps, web, { signal, fieldManager: 'x', force: true });
    expect(bed.away.received).toHaveLength(2);
    expect(JSON.stringify(bed.away.received)).not.toContain(CANARY);
    expect(tokensSeen(bed.home)).toEqual([`Bearer ${CANARY}`]);
  });

  test('is not what a server gets that refuses the one it was sent, or that sends us elsewhere', async () => {
    await using trap = await httpsServer((_request, response) => json(response, web));
    await using bed = await setUp();
    let answer: readonly [status: number, headers: Record<string, string>] = [401, {}];
    await using hostile = await httpsServer((_request, response) => void response.writeHead(...answer).end('{}'));
    const to = { server: hostile.url, 'certificate-authority-data': base64(certificates.ca) };
    bed.stored.set('secrets/prod', kubeconfigSecret({ value: kubeconfigText({ cluster: to, user: { token: 't0ken' } }) }));
    using borrowed = await bed.remotes.borrow(cluster, { signal });
    expect(await failure(borrowed.client.get(configMaps, key, { signal }))).toMatchObject({ status: 401 });
    answer = [307, { location: trap.url }];
    expect(await failure(borrowed.client.get(configMaps, key, { signal }))).toMatchObject({ status: 307 });
    expect(new Set(tokensSeen(hostile))).toEqual(new Set(['Bearer t0ken']));
    expect(trap.connections).toBe(0);
  });

  test('does not follow a name that stands for our own machine', async () => {
    await using bed = await setUp({ policy: {} });
    const to = { server: `https://localhost:${bed.away.port}`, 'certificate-authority-data': base64(certificates.ca) };
    bed.stored.set('secrets/prod', kubeconfigSecret({ value: kubeconfigText({ cluster: to, user: { token: 't0ken' } }) }));
    using borrowed = await bed.remotes.borrow(cluster, { signal });
    const error = await failure(borrowed.client.get(configMaps, key, { signal }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toContain("'localhost' is a loopback, link-local or metadata address");
    expect(bed.away.connections).toBe(0);
  });

  test('is not at stake when what a ConfigMap wants is refused', async () => {
    await using bed = await setUp({ policy: {} });
    const data = { provider: 'generic', address: bed.away.url, 'ca.crt': certificates.ca };
    bed.stored.set('configmaps/prod', { metadata: { namespace: 'apps', name: 'prod', uid: 'u2', resourceVersion: '1' }, data });
    const borrowing = bed.remotes.borrow({ namespace: 'apps', kubeConfig: { configMapRef: { name: 'prod' } } }, { signal });
    await expect(borrowing).rejects.toThrow("it has no key 'serviceAccountName'");
    expect(bed.away.connections).toBe(0);
  });
});

describe('clients', () => {
  test('are shared as long as the Secret is the same, and made anew when it has changed', async () => {
    await using bed = await setUp();
    bed.store({ token: 'one' });
    const [first, second] = await Promise.all([bed.remotes.borrow(cluster, { signal }), bed.remotes.borrow(cluster, { signal })]);
    await first.client.get(configMaps, key, { signal });
    await second.client.get(configMaps, key, { signal });
    expect([bed.away.connections, bed.remotes.size]).toEqual([1, 1]);

    bed.store({ token: 'two' }, { resourceVersion: '2' });
    using third = await bed.remotes.borrow(cluster, { signal });
    await third.client.get(configMaps, key, { signal });
    await second.client.get(configMaps, key, { signal });
    expect(tokensSeen(bed.away)).toEqual(['Bearer one', 'Bearer one', 'Bearer two', 'Bearer one']);
    expect([bed.away.open, bed.remotes.size]).toEqual([2, 2]);

    first[Symbol.dispose]();
    second[Symbol.dispose]();
    await expect.poll(() => bed.away.open, { timeout: 5_000 }).toBe(1);
    expect(bed.remotes.size).toBe(1);
    expect(await failure(second.client.get(configMaps, key, { signal }))).toBeInstanceOf(ConnectionError);
  });

  test('of a Secret that was deleted and made again, and of another key, are others', async () => {
    await using bed = await setUp();
    const secret = bed.store({ token: 'one' });
    using _first = await bed.remotes.borrow(cluster, { signal });
    bed.stored.set('secrets/prod', { ...secret, data: { ...secret.data, other: secret.data?.value } });
    using _second = await bed.remotes.borrow({ ...cluster, kubeConfig: { secretRef: { name: 'prod', key: 'other' } } }, { signal });
    expect(bed.remotes.size).toBe(2);
    bed.store({ token: 'one' }, { uid: 'u9' });
    using _third = await bed.remotes.borrow(cluster, { signal });
    expect(bed.remotes.size).toBe(3);
  });

  test('that nobody uses are closed after a while, with their sockets', async () => {
    await using bed = await setUp({ idleMs: 60_000 });
    bed.store();
    {
      using borrowed = await bed.remotes.borrow(cluster, { signal });
      await borrowed.client.get(configMaps, key, { signal });
    }
    await bed.clock.advance(59_999);
    expect([bed.remotes.size, bed.away.open]).toEqual([1, 1]);
    await bed.clock.advance(1);
    await expect.poll(() => bed.away.open, { timeout: 5_000 }).toBe(0);
    expect(bed.remotes.size).toBe(0);
  });

  test('close all at once', async () => {
    await using bed = await setUp();
    bed.store();
    const { client } = await bed.remotes.borrow(cluster, { signal });
    await client.get(configMaps, key, { signal });
    await bed.remotes.close();
    await expect.poll(() => bed.away.open, { timeout: 5_000 }).toBe(0);
    await expect(bed.remotes.borrow(cluster, { signal })).rejects.toThrow('the clients were closed');
  });
});

describe('a reference', () => {
  test('to what is not there, or to nothing, says so', async () => {
    await using bed = await setUp();
    const attempt = async (kubeConfig: Parameters<typeof bed.remotes.borrow>[0]['kubeConfig']) => {
      const error = await failure(bed.remotes.borrow({ namespace: 'apps', kubeConfig }, { signal }));
      expect(error).toBeInstanceOf(UnusableKubeconfig);
      return String(error);
    };
    expect(await attempt({ secretRef })).toContain("failed to use the kubeconfig of Secret 'apps/prod': it does not exist");
    expect(await attempt({ configMapRef: { name: 'prod' } })).toContain("ConfigMap 'apps/prod': it does not exist");
    expect(await attempt({})).toContain("it must have one of 'secretRef' and 'configMapRef'");
    expect(await attempt({ secretRef, configMapRef: { name: 'prod' } })).toContain("it must have one of 'secretRef' and 'configMapRef'");
  });

  test('that cannot be read now may be read later', async () => {
    await using bed = await setUp();
    bed.stored.set('secrets/prod', new ApiError('no', { status: 403, reason: '' }));
    expect(await failure(bed.remotes.borrow(cluster, { signal }))).toMatchObject({ name: 'ApiError', status: 403 });
    bed.stored.set('secrets/prod', kubeconfigSecret({ value: 'hunter2' }));
    await expect(bed.remotes.borrow(cluster, { signal })).rejects.toThrow('it is not a kubeconfig');
    bed.store();
    using borrowed = await bed.remotes.borrow(cluster, { signal });
    expect(await borrowed.client.get(configMaps, key, { signal })).toEqual(web);
    expect(bed.remotes.size).toBe(1);
  });

  test('that somebody no longer waits for is not taken from the others', async () => {
    await using bed = await setUp();
    bed.store();
    const stop = new AbortController();
    const [aborted, kept] = [failure(bed.remotes.borrow(cluster, { signal: stop.signal })), bed.remotes.borrow(cluster, { signal })];
    stop.abort(new Error('superseded'));
    expect(String(await aborted)).toContain('superseded');
    using borrowed = await kept;
    expect(await borrowed.client.get(configMaps, key, { signal })).toEqual(web);
  });
});
