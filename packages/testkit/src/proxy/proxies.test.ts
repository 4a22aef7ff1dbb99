import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type GitServer, startGitServer } from '../git/server.ts';
import { startProxy } from './http-proxy.ts';
import { startSocksProxy } from './socks-proxy.ts';

const execute = promisify(execFile);
const LOGIN = { username: 'me', password: 'p@ss' };

/** Git's own client, by way of a proxy; resolves with the commit of main. */
async function headOf(url: string, { proxy, server }: { readonly proxy: string; readonly server: GitServer }): Promise<string> {
  const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' };
  const trust = server.ca === undefined ? [] : ['-c', 'http.sslVerify=false'];
  const { stdout } = await execute('git', ['-c', `http.proxy=${proxy}`, ...trust, 'ls-remote', url, 'main'], { env });
  return stdout.split('\t')[0] ?? '';
}

function withLogin(url: string, { username, password }: typeof LOGIN): string {
  return url.replace('://', `://${encodeURIComponent(username)}:${encodeURIComponent(password)}@`);
}

test('an HTTP proxy makes tunnels for https, and forwards what is http, for names that it alone knows', async () => {
  await using proxy = await startProxy({ hosts: { 'git.example': '127.0.0.1' } });
  await using plain = await startGitServer();
  await using tls = await startGitServer({ tls: true });

  for (const server of [plain, tls]) {
    const repository = await server.createRepository('app');
    const commit = await repository.commit('first', {});
    const url = repository.url.replace('127.0.0.1', 'git.example');
    expect(await headOf(url, { proxy: proxy.url, server })).toBe(commit);
  }

  expect(proxy.requests.find(({ method }) => method === 'GET')?.target).toMatch(/^http:\/\/git\.example:\d+\/app\.git\/info\/refs/);
  expect(proxy.requests.at(-1)).toEqual({
    method: 'CONNECT',
    target: `git.example:${new URL(tls.url).port}`,
    user: undefined,
    admitted: true,
  });
});

test('an HTTP proxy with a login turns others away', async () => {
  await using proxy = await startProxy({ login: LOGIN });
  await using server = await startGitServer({ tls: true });
  const repository = await server.createRepository('app');
  const commit = await repository.commit('first', {});

  await expect(headOf(repository.url, { proxy: withLogin(proxy.url, { ...LOGIN, password: 'no' }), server })).rejects.toThrow('407');
  expect(server.requests).toEqual([]);
  expect(await headOf(repository.url, { proxy: withLogin(proxy.url, LOGIN), server })).toBe(commit);
  expect(proxy.requests.at(-1)).toMatchObject({ user: 'me', admitted: true });
});

test('a SOCKS proxy connects, and resolves names where the client leaves that to it', async () => {
  await using proxy = await startSocksProxy({ hosts: { 'git.example': '127.0.0.1' } });
  await using server = await startGitServer();
  const repository = await server.createRepository('app');
  const commit = await repository.commit('first', {});

  expect(await headOf(repository.url, { proxy: proxy.url, server })).toBe(commit);
  const url = repository.url.replace('127.0.0.1', 'git.example');
  expect(await headOf(url, { proxy: proxy.url.replace('socks5:', 'socks5h:'), server })).toBe(commit);

  const { port } = new URL(server.url);
  const targets = proxy.requests.map(({ target }) => target);
  expect(new Set(targets)).toEqual(new Set([`127.0.0.1:${port}`, `git.example:${port}`]));
});

test('a SOCKS proxy with a login turns others away', async () => {
  await using proxy = await startSocksProxy({ login: LOGIN });
  await using server = await startGitServer();
  const repository = await server.createRepository('app');
  const commit = await repository.commit('first', {});

  for (const url of [proxy.url, withLogin(proxy.url, { ...LOGIN, password: 'no' })])
    await expect(headOf(repository.url, { proxy: url, server })).rejects.toThrow(/authentication method|SOCKS5 server/);
  expect(server.requests).toEqual([]);
  const refused = proxy.requests.slice();
  expect(refused.map(({ user }) => user)).toEqual(expect.arrayContaining([undefined, 'me']));
  expect(refused.some(({ admitted }) => admitted)).toBe(false);

  expect(await headOf(repository.url, { proxy: withLogin(proxy.url, LOGIN), server })).toBe(commit);
  expect(proxy.requests.at(-1)).toMatchObject({ user: 'me', admitted: true });
});

test.each([
  ['HTTP', startProxy],
  ['SOCKS', startSocksProxy],
])('a disposed %s proxy refuses connections', async (_, start) => {
  await using server = await startGitServer();
  const proxy = await start();

  await proxy[Symbol.asyncDispose]();

  await expect(headOf(`${server.url}/app.git`, { proxy: proxy.url, server })).rejects.toThrow(/Failed to connect|Connection refused/);
});
