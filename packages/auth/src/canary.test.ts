import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { clientOf, get } from '../test/asking.ts';
import { certificates } from '../test/certificates.ts';
import { type CloudAnswers, serviceAccount, startCloud } from '../test/cloud.ts';
import { startHttpProxy } from '../test/proxies.ts';
import { onRequest, startHttpServer, startRawServer, type TestServer, unusedPort } from '../test/servers.ts';
import { awsCredentials } from './cloud/aws/credentials.ts';
import { AzureScope, azureToken } from './cloud/azure/azure-token.ts';
import { gcpToken } from './cloud/gcp/gcp-token.ts';
import type { HttpAccess } from './outbound/http-access.ts';

/** With characters that every encoding changes. */
const SECRET = 'CANARY/s3cr+t%40=ü~x?&"end';

/** All the ways in which a secret may be told. */
const FORMS = [
  SECRET,
  encodeURIComponent(SECRET),
  encodeURI(SECRET),
  new URLSearchParams({ '': SECRET }).toString().slice(1),
  JSON.stringify(SECRET).slice(1, -1),
  ...['', 'x', 'xx'].flatMap((before) => {
    // The middle of it, which is the same whatever comes before and after.
    const text = Buffer.from(before + SECRET)
      .toString('base64')
      .replace(/=+$/, '');
    return [text.slice(4, -2), text.slice(4, -2).replaceAll('+', '-').replaceAll('/', '_')];
  }),
];

/** What anybody could make of an error: its message, its stack, its causes, all its fields. */
const everythingOf = (error: unknown): string =>
  [String(error), error instanceof Error ? (error.stack ?? '') : '', inspect(error, { depth: 10, showHidden: true })].join('\n');

function expectNoSecretIn(error: unknown): void {
  expect(error).toBeInstanceOf(Error);
  for (const form of FORMS) expect(everythingOf(error)).not.toContain(form);
}

test('the search finds a secret in each of its forms', () => {
  for (const form of FORMS) {
    expect(form.length).toBeGreaterThan(10);
    expect(() => expectNoSecretIn(new Error(`x ${form}`))).toThrow();
  }
  expect(() => expectNoSecretIn(new Error('x', { cause: { deep: [SECRET] } }))).toThrow();
});

const CREDENTIALS: readonly (readonly [string, (url: URL) => HttpAccess])[] = [
  ['a password', ({ origin }) => ({ login: { kind: 'basic', origin, username: 'u', password: SECRET } })],
  // A token is what a header may hold.
  ['a token', ({ origin }) => ({ login: { kind: 'bearer', origin, token: encodeURIComponent(SECRET) } })],
  ['a token that is none', ({ origin }) => ({ login: { kind: 'bearer', origin, token: `${SECRET}\n` } })],
  ['a key', ({ origin }) => ({ login: { kind: 'anonymous' }, clientCertificate: { origin, cert: SECRET, key: SECRET } })],
];

/** Servers at which every request fails; those that can tell the client's headers do. */
const echo = (answer: (request: string) => string) => () =>
  startRawServer((socket) => void socket.once('data', (data: Buffer) => socket.end(answer(data.toString('latin1')))));
const authorizationIn = (request: string) => /authorization: (.*)/i.exec(request)?.[1] ?? '';

const FAILURES: readonly (readonly [string, () => Promise<Pick<TestServer, 'url'> & Partial<AsyncDisposable>>])[] = [
  ['nobody listens', async () => ({ url: `http://127.0.0.1:${await unusedPort()}` })],
  ['the name means nothing', async () => ({ url: 'http://no-such-host.invalid' })],
  ['the server hangs up', () => startRawServer(onRequest((socket) => socket.destroy()))],
  ['the server resets', () => startRawServer(onRequest((socket) => socket.resetAndDestroy()))],
  ['the server never answers', () => startRawServer((socket) => void socket.resume())],
  ['TLS is spoken with a stranger', () => startHttpServer((_, response) => response.end(), { tls: certificates.elsewhere })],
  ['what answers is the request', echo((request) => request)],
  ['the status line holds the login', echo((request) => `HTTP/1.1 ${authorizationIn(request)}\r\n\r\n`)],
  ['a header holds the login and is broken', echo((request) => `HTTP/1.1 200 OK\r\nX: ${authorizationIn(request)}\r\nbroken\x01\r\n\r\n`)],
  ['the encoding is the login', echo((request) => `HTTP/1.1 200 OK\r\nContent-Encoding: ${authorizationIn(request)}\r\n\r\n`)],
  [
    'the redirect leads to the login',
    echo((request) => `HTTP/1.1 302 Found\r\nLocation: ftp://${authorizationIn(request)}@x/\r\nContent-Length: 0\r\n\r\n`),
  ],
  ['the redirects have no end', echo(() => 'HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n')],
  ['the body is too large', echo((request) => `HTTP/1.1 200 OK\r\n\r\n${request.repeat(20)}`)],
  ['the body breaks off', echo((request) => `HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${request}`)],
];

describe.each(CREDENTIALS)('%s is in no error when', (_, accessTo) => {
  test.each(FAILURES)('%s', async (__, start) => {
    const server = await start();
    const url = new URL(`${server.url}/path?token=${encodeURIComponent(SECRET)}`);
    using client = clientOf({ access: accessTo(url) });

    const failure = await get(client, url.href, { redirects: 2, maxBytes: 400, signal: AbortSignal.timeout(500) })
      .then((answer) => answer.bytes())
      .then(
        () => undefined,
        (error: unknown) => error,
      );

    await server[Symbol.asyncDispose]?.();
    // A key that is none fails before, but only where there is TLS.
    if (failure !== undefined) expectNoSecretIn(failure);
    else expect(server.url).toMatch(/^http:/);
  });
});

test("a proxy's password is in no error", async () => {
  await using refusing = await startHttpProxy({ authorization: 'Basic other' });
  const echoing = await echo((request) => `HTTP/1.1 407 ${request.replaceAll('\r\n', ' ')}\r\n\r\n`)();
  for (const proxy of [refusing.url, echoing.url, `http://127.0.0.1:${await unusedPort()}`, echoing.url.replace('http:', 'socks5:')]) {
    const login = { username: 'u', password: SECRET };
    using client = clientOf({ access: { login: { kind: 'anonymous' }, proxy: { address: new URL(proxy), login } } });

    expectNoSecretIn(await get(client, 'https://example.com/').catch((error: unknown) => error));
  }
  await echoing[Symbol.asyncDispose]();
});

describe('a token for a workload is in no error when', () => {
  const identity = {
    ...serviceAccount({
      'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/x',
      'azure.workload.identity/tenant-id': 'tenant',
      'azure.workload.identity/client-id': 'client',
      'gcp.auth.fluxcd.io/workload-identity-provider': 'projects/1/locations/global/workloadIdentityPools/p/providers/x',
    }),
    token: async () => SECRET,
  };
  const urls = [
    'POST https://sts.eu-west-1.amazonaws.com/',
    'POST https://login.microsoftonline.com/tenant/oauth2/v2.0/token',
    'POST https://sts.googleapis.com/v1/token',
  ];

  test.each([
    ['the answer quotes it', (body: string) => ({ status: 403, body: { error: 'no', error_description: body } })],
    ['the answer quotes it unpacked', () => ({ status: 400, body: { message: `not ${SECRET}` } })],
    ['the answer quotes it in base64', () => ({ status: 400, body: { message: Buffer.from(`x${SECRET}x`).toString('base64') } })],
    ['the answer quotes it as XML', () => ({ status: 400, body: `<Message>${SECRET}</Message>` })],
    ['the answer is the request', (body: string) => ({ body })],
    ['the answer has a token and no time', () => ({ body: `<AccessKeyId>${SECRET}</AccessKeyId>` })],
    ['the answer is too large', (body: string) => ({ body: body.repeat(5_000) })],
  ])('%s', async (_, answer) => {
    const answers: CloudAnswers = Object.fromEntries(urls.map((url) => [url, ({ body }: { body: string }) => answer(body)]));
    await using cloud = await startCloud(answers);
    const means = cloud.means({ identity });

    for (const fetch of [
      () => awsCredentials({ region: 'eu-west-1' }, means),
      () => azureToken(AzureScope.Storage, means),
      () => gcpToken(means),
    ]) {
      expectNoSecretIn(await fetch().catch((error: unknown) => error));
    }
    expect(cloud.asked).toHaveLength(3);
  });
});
