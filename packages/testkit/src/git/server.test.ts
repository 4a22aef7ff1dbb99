import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createAuthority, type IssuedCertificate } from '../certificates/authority.ts';
import { startGitServer } from './server.ts';

const execute = promisify(execFile);

/** Git's own client; resolves with the commit of main. */
async function headOf(
  url: string,
  { ca, client }: { readonly ca?: string | undefined; readonly client?: IssuedCertificate },
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-client-'));
  try {
    const files = { sslCAInfo: ca, sslCert: client?.cert, sslKey: client?.key };
    const settings: string[] = [];
    for (const [name, content] of Object.entries(files)) {
      if (content === undefined) continue;
      await writeFile(join(directory, name), content);
      settings.push('-c', `http.${name}=${join(directory, name)}`);
    }
    const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' };
    return (await execute('git', [...settings, 'ls-remote', url, 'main'], { env })).stdout.split('\t')[0] ?? '';
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test('a client has to show a certificate of the authority that the server asks for', async () => {
  const authority = createAuthority();
  await using server = await startGitServer({ tls: true, clientCa: authority.ca });
  const { ca } = server;
  const repository = await server.createRepository('app');
  const commit = await repository.commit('first', {});

  expect(await headOf(repository.url, { ca, client: authority.issueClient('flux') })).toBe(commit);
  expect(server.requests[0]?.client).toBe('flux');
  const before = server.requests.length;
  await expect(headOf(repository.url, { ca })).rejects.toThrow('unable to access');
  await expect(headOf(repository.url, { ca, client: createAuthority().issueClient('flux') })).rejects.toThrow('unable to access');
  expect(server.requests).toHaveLength(before);
});

test('a redirecting server sends its clients to the other', async () => {
  await using target = await startGitServer();
  await using server = await startGitServer({ redirectTo: target.url });
  const commit = await (await target.createRepository('app')).commit('first', {});

  expect(await headOf(`${server.url}/app.git`, {})).toBe(commit);
  expect(server.requests.map(({ line }) => line)).toEqual(['GET /app.git/info/refs?service=git-upload-pack']);
});

test('it leaves nothing behind', async () => {
  const server = await startGitServer();
  const { directory, url } = await server.createRepository('app');
  expect(existsSync(directory)).toBe(true);

  await server[Symbol.asyncDispose]();

  expect(existsSync(dirname(directory))).toBe(false);
  await expect(headOf(url, {})).rejects.toThrow('Failed to connect');
});
