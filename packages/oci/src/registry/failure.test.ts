import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { challenge, never, rejection, scriptedRegistry, type TestLogin } from '../../test/scripted-registry.ts';

const CANARY = 'CANARY-0123456789';
const LOGINS: readonly TestLogin[] = [
  { kind: 'basic', username: 'user', password: CANARY },
  { kind: 'bearer', token: CANARY },
  { kind: 'identity', token: CANARY },
];
/** As it is, as JSON and URLs write it, and as `Authorization` has it. */
const FORMS = [CANARY, Buffer.from(CANARY).toString('base64'), Buffer.from(`user:${CANARY}`).toString('base64')];

const FAILURES: readonly [what: string, answer: (response: ServerResponse) => unknown][] = [
  ['cuts the connection', (response) => response.destroy()],
  ['sends no HTTP', (response) => response.socket?.end('garbage\r\n\r\n')],
  ['wants another login', (response) => challenge(response, 'Basic realm="x"')],
  ['wants a token', (response) => challenge(response, 'Bearer realm="/token"')],
  ['wants a token from elsewhere', (response) => challenge(response, `Bearer realm="https://evil.example/token?key=${CANARY}"`)],
  [
    'repeats what it was sent',
    (response) => response.writeHead(403).end(JSON.stringify({ errors: [{ code: 'DENIED', message: sentTo(response) }] })),
  ],
  ['repeats it without form', (response) => response.writeHead(500).end(`<html>authorization: ${sentTo(response)}</html>`)],
  ['redirects without end', (response) => response.writeHead(307, { location: `${response.req.url}?token=${CANARY}` }).end()],
  [
    'redirects to where it must not',
    (response) => response.writeHead(307, { location: `http://user:${CANARY}@127.0.0.1:1/?sig=${CANARY}` }).end(),
  ],
  [
    'redirects to where nobody is',
    (response) => response.writeHead(307, { location: `https://user:${CANARY}@127.0.0.1:1/?sig=${CANARY}` }).end(),
  ],
  ['sends another document', (response) => response.end(`{"token":"${CANARY}"`)],
];
const sentTo = (response: ServerResponse): string => String(response.req.headers.authorization);

describe('a registry that', () => {
  test.each(FAILURES)('%s leads to a message without any credential (row 7)', async (_what, answer) => {
    await using registry = await scriptedRegistry((request, response) => {
      // Lets every login in as far as it gets.
      if (request.url?.startsWith('/token')) response.end(`{"token":"${CANARY}"}`);
      else if (request.url === '/v2/' && request.headers.authorization === undefined) challenge(response, 'Basic');
      else answer(response);
    });
    for (const login of LOGINS) {
      using remote = registry.open({ login });
      const error = await rejection(remote.manifest('latest', never()).then(({ digest }) => remote.image(digest, never())));
      expect(error).toMatchObject({ name: 'OciError' });
      for (const form of FORMS) expect(`${error}\n${(error as Error).stack}`).not.toContain(form);
    }
  });

  test('cannot be reached is named in a message without any credential (row 7)', async () => {
    const registry = await scriptedRegistry(() => undefined);
    await registry[Symbol.asyncDispose]();
    for (const login of LOGINS) {
      using remote = registry.open({ login });
      const error = await rejection(remote.manifest('latest', never()));
      expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining(`127.0.0.1:${registry.port}`) });
      expect(String(error)).not.toContain(CANARY);
    }
  });
});

test.each([
  [429, '{"errors":[{"code":"TOOMANYREQUESTS","message":"slow\\ndown"}]}', 'rate-limited', ': TOOMANYREQUESTS: slow down'],
  [
    404,
    '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"latest"}}]}',
    'not-found',
    ': MANIFEST_UNKNOWN: manifest unknown',
  ],
  [403, 'password=hunter2secret', 'unauthorized', ': unexpected status code 403: '],
  [503, '', 'unreachable', ': unexpected status code 503'],
  [418, '[1]', 'protocol', ': unexpected status code 418: [1]'],
] as const)('a refusal with status %d says what the registry says', async (...row) => {
  const [status, body, kind, message] = row;
  await using registry = await scriptedRegistry((_request, response) => response.writeHead(status).end(body));
  using remote = registry.open();

  const error = await rejection(remote.manifest('latest', never()));

  expect(error).toMatchObject({ kind, message: expect.stringContaining(`GET ${registry.url}/v2/team/app/manifests/latest${message}`) });
  expect(String(error)).not.toContain('hunter2secret');
});

test('a refusal that goes on for ever is cut off', async () => {
  await using registry = await scriptedRegistry((_request, response) => {
    response.writeHead(500);
    const more = () => {
      while (response.write('x'.repeat(16_384)));
      response.once('drain', more);
    };
    more();
  });
  using remote = registry.open();

  const error = await rejection(remote.manifest('latest', never()));

  expect(error).toMatchObject({ kind: 'unreachable' });
  expect(String(error).length).toBeLessThan(800);
});
