import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { request as send } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { testDirectory } from '../test/tar.ts';
import { serveFiles } from './file-server.ts';

const FILE = '/gitrepository/apps/web/abc.tar.gz';
const CONTENT = '0123456789';
const CANARY = 'CANARY';

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Served extends AsyncDisposable {
  readonly url: string;
  /** Sends the path as it is, which no URL would keep. */
  ask(path: string, options?: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> }): Promise<Answer>;
}

/** A server over a store with one artifact, a scratch directory, and something secret beside it. */
async function served(): Promise<Served> {
  const work = await testDirectory();
  const root = join(work.directory, 'data');
  await mkdir(join(root, 'gitrepository/apps/web'), { recursive: true });
  await mkdir(join(root, '.scratch/1'), { recursive: true });
  await writeFile(join(root, FILE), CONTENT);
  await symlink('abc.tar.gz', join(root, 'gitrepository/apps/web/latest.tar.gz'));
  for (const secret of ['data/.scratch/1/pack', 'data/.hidden', 'data/gitrepository/.hidden', 'secret'])
    await writeFile(join(work.directory, secret), CANARY);
  const server = await serveFiles({ root, host: '127.0.0.1', port: 0 });
  return {
    url: server.url,
    ask: (path, { method = 'GET', headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(server.url);
        send({ hostname, port, path, method, headers, agent: false }, (response) => {
          text(response).then((body) => resolve({ status: response.statusCode, headers: response.headers, body }), reject);
        })
          .on('error', reject)
          .end();
      }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await work[Symbol.asyncDispose]();
    },
  };
}

describe('an artifact', () => {
  test('is served whole, as it is: never with an encoding that a client would undo', async () => {
    await using server = await served();
    const { status, headers, body } = await server.ask(FILE, { headers: { 'accept-encoding': 'gzip, br' } });

    expect({ status, body }).toEqual({ status: 200, body: CONTENT });
    expect(headers).toMatchObject({ 'content-length': '10', 'accept-ranges': 'bytes', 'content-type': 'application/gzip' });
    expect(headers['content-encoding']).toBeUndefined();
  });

  test('is also found through latest.tar.gz', async () => {
    await using server = await served();

    expect(await server.ask(FILE.replace('abc', 'latest'))).toMatchObject({ status: 200, body: CONTENT });
  });

  test('is measured by HEAD', async () => {
    await using server = await served();
    const { status, headers, body } = await server.ask(FILE, { method: 'HEAD' });

    expect({ status, body, length: headers['content-length'] }).toEqual({ status: 200, body: '', length: '10' });
  });

  test.each([
    ['bytes=0-3', 206, '0123'],
    ['bytes=4-', 206, '456789'],
    ['bytes=-2', 206, '89'],
    ['bytes=5-999', 206, '56789'],
    ['bytes=20-', 416, undefined],
    ['lines=1-2', 200, CONTENT],
  ])('is served in part for Range: %s', async (range, status, body) => {
    await using server = await served();
    const answer = await server.ask(FILE, { headers: { range } });

    expect(answer.status).toBe(status);
    if (body !== undefined) expect(answer.body).toBe(body);
  });

  test('is not sent again to whom has it', async () => {
    await using server = await served();
    const { headers } = await server.ask(FILE);
    const modified = String(headers['last-modified']);

    expect(await server.ask(FILE, { headers: { 'if-modified-since': modified } })).toMatchObject({ status: 304, body: '' });
    expect(await server.ask(FILE, { headers: { 'if-none-match': String(headers.etag) } })).toMatchObject({ status: 304, body: '' });
    expect(await server.ask(FILE, { headers: { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' } })).toMatchObject({ status: 200 });
    expect(await server.ask(FILE, { headers: { 'if-none-match': '"other"' } })).toMatchObject({ status: 200 });
  });

  test.each(['source-controller.flux-system.svc.cluster.local.', 'source-controller:9090', 'evil.example.com', '[::1]:80', 'a..b', ''])(
    'is served to whoever says Host: %s',
    async (host) => {
      await using server = await served();

      expect(await server.ask(FILE, { headers: { host } })).toMatchObject({ status: 200, body: CONTENT });
    },
  );

  test('has a path that may be long and encoded', async () => {
    await using server = await served();

    expect(await server.ask('/gitrepository/apps/web/%61bc.tar.gz?x=y')).toMatchObject({ status: 200, body: CONTENT });
  });
});

describe('there is nothing to be had', () => {
  test.each([
    ...['/', '/nothing', '/gitrepository', '/gitrepository/', '/gitrepository/apps/web', '/gitrepository/apps/web/'],
    ...['/gitrepository/apps/web/nothing.tar.gz', `${FILE}/`, `${FILE}/x`],
    ...[
      '/.hidden',
      '/.scratch',
      '/.scratch/',
      '/.scratch/1/pack',
      '/gitrepository/.hidden',
      '/%2ehidden',
      '/%2Escratch/1/pack',
      '/.%73cratch/1/pack',
    ],
    ...[
      '/gitrepository/../.scratch/1/pack',
      '/gitrepository/%2e%2e/.scratch/1/pack',
      '//.scratch/1/pack',
      '/./.scratch/1/pack',
      '/.scratch%2f1%2fpack',
    ],
    ...[
      '/../secret',
      '/../../secret',
      '/gitrepository/../../secret',
      '/..%2fsecret',
      '/%2e%2e/secret',
      '/%2e%2e%2fsecret',
      '/..%5csecret',
      '/..\\secret',
    ],
    ...[
      '/%252e%252e/secret',
      '/%c0%ae%c0%ae/secret',
      '/..;/secret',
      '/....//secret',
      '/gitrepository/apps/web/abc.tar.gz%00',
      '/%00',
      '/%',
      '/%zz',
    ],
    `/${'x'.repeat(5_000)}`,
    `/${'../'.repeat(50)}etc/passwd`,
  ])('at %s', async (path) => {
    await using server = await served();
    const { status, body } = await server.ask(path);

    expect([400, 403, 404, 414]).toContain(status);
    expect(body).not.toContain(CANARY);
    expect(body).not.toContain('root:');
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('with %s, and nothing changes', async (method) => {
    await using server = await served();

    expect([400, 404, 405, 501]).toContain((await server.ask(FILE, { method })).status);
    expect(await server.ask(FILE)).toMatchObject({ body: CONTENT });
  });

  test('in an absolute form of another host, but for its path', async () => {
    await using server = await served();
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`GET http://evil.example.com/../secret HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);

    expect(await text(socket)).not.toContain(CANARY);
  });
});

test('what is stored later is served, and the server ends although a client still holds on', async () => {
  await using work = await testDirectory();
  const server = await serveFiles({ root: work.directory, host: '127.0.0.1', port: 0 });
  const lingering = connect(Number(new URL(server.url).port), '127.0.0.1');
  lingering.on('error', () => undefined);
  await writeFile(join(work.directory, 'late.tar.gz'), 'late');

  expect(await (await fetch(`${server.url}/late.tar.gz`)).text()).toBe('late');

  await server[Symbol.asyncDispose]();
  await expect(fetch(`${server.url}/late.tar.gz`)).rejects.toThrow();
});
