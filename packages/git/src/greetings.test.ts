import { startGitServer } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { listed, never } from '../test/git-server.ts';
import { connect } from './connection.ts';
import { createGreetings, type Greetings } from './greetings.ts';

const anonymous = { login: { kind: 'anonymous' } } as const;

async function branchesOf(url: string, greetings: Greetings): Promise<readonly string[]> {
  await using remote = connect({ url: new URL(url), access: anonymous }, { greetings });
  return [...(await listed(remote, ['refs/heads/'])).keys()];
}

const asked = (requests: readonly { readonly line: string }[], from = 0) =>
  requests.slice(from).map(({ line }) => line.replace(/\?.*/, ''));

test('a server that is known is asked at once: an unchanged repository costs one request', async () => {
  await using server = await startGitServer();
  const repository = await server.createRepository('app');
  await repository.commit('first', { a: '1' });
  const greetings = createGreetings();

  expect(await branchesOf(repository.url, greetings)).toEqual(['refs/heads/main']);
  expect(asked(server.requests)).toEqual(['GET /app.git/info/refs', 'POST /app.git/git-upload-pack']);
  const before = server.requests.length;
  expect(await branchesOf(repository.url, greetings)).toEqual(['refs/heads/main']);
  expect(asked(server.requests, before)).toEqual(['POST /app.git/git-upload-pack']);
});

test('where a redirect led is remembered; when that is over, the way is found anew', async () => {
  await using old = await startGitServer();
  await using new_ = await startGitServer();
  for (const server of [old, new_]) await (await server.createRepository('app')).commit('first', { a: '1' });
  let target = old.url;
  await using front = await startGitServer({
    intercept: (request, response) => {
      response.writeHead(302, { location: `${target}${request.url}` }).end();
      return true;
    },
  });
  const greetings = createGreetings();
  const url = `${front.url}/app.git`;

  await branchesOf(url, greetings);
  const before = front.requests.length;
  await branchesOf(url, greetings);
  expect(front.requests).toHaveLength(before);

  await old[Symbol.asyncDispose]();
  target = new_.url;
  expect(await branchesOf(url, greetings)).toEqual(['refs/heads/main']);
  expect(front.requests.length).toBeGreaterThan(before);
});

test('a repository that has gone is reported as one that never was', async () => {
  let gone = false;
  await using server = await startGitServer({
    intercept: (_request, response) => {
      if (gone) response.writeHead(404).end();
      return gone;
    },
  });
  const repository = await server.createRepository('app');
  await repository.commit('first', { a: '1' });
  const greetings = createGreetings();
  await branchesOf(repository.url, greetings);
  gone = true;
  await expect(branchesOf(repository.url, greetings)).rejects.toMatchObject({ kind: 'not-found' });
  gone = false;
  expect(await branchesOf(repository.url, greetings)).toEqual(['refs/heads/main']);
});

test('what one login was told is not used by another', async () => {
  await using server = await startGitServer();
  const repository = await server.createRepository('app');
  await repository.commit('first', { a: '1' });
  const greetings = createGreetings();
  await branchesOf(repository.url, greetings);
  const before = server.requests.length;
  const { origin } = new URL(repository.url);
  const access = { login: { kind: 'basic', origin, username: 'u', password: 'p' } } as const;
  await using other = connect({ url: new URL(repository.url), access }, { greetings });
  await listed(other, ['refs/heads/'], never());
  expect(asked(server.requests, before)[0]).toBe('GET /app.git/info/refs');
});
