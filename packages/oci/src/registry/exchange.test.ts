import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { manifestBytes } from '../../test/documents.ts';
import {
  type Asked,
  challenge,
  never,
  rejection,
  type ScriptedRegistry,
  scriptedRegistry,
  sendManifest,
} from '../../test/scripted-registry.ts';
import { createRegistrySessions, digestOf } from '../index.ts';

const MANIFEST = manifestBytes();
const LOGIN = { kind: 'basic', username: 'user', password: 'CANARY-password' } as const;
const BASIC = `Basic ${Buffer.from('user:CANARY-password').toString('base64')}`;
const TAG = '/v2/team/app/manifests/latest';
const TOKEN = '/token?service=the-service&scope=repository%3Ateam%2Fapp%3Apull';

const lines = (requests: readonly Asked[]) => requests.map(({ line }) => line);

/** Wants a token of its own `/token`, which gives out a new one each time. */
const withTokens = (options: { readonly realm?: string; readonly answer?: object } = {}) => {
  const valid = new Set<string>();
  let given = 0;
  const registry = scriptedRegistry((request, response) => {
    if (request.url?.startsWith('/token')) {
      const token = `token-${++given}`;
      valid.add(`Bearer ${token}`);
      response.end(JSON.stringify({ token, expires_in: 100, ...options.answer }));
    } else if (valid.has(String(request.headers.authorization))) sendManifest(response, MANIFEST);
    else challenge(response, `Bearer realm="${options.realm ?? '/token'}",service="the-service",scope="repository:other:pull,push"`);
  });
  return { registry, revoke: () => valid.clear() };
};

describe('a registry that wants a token', () => {
  test('costs three requests the first time, and one as long as the token lives', async () => {
    await using registry = await withTokens().registry;
    const [sessions, clock] = [createRegistrySessions(), fakeClock()];
    const look = async () => {
      using remote = registry.open({ sessions, clock, login: LOGIN });
      expect(await remote.digestOf('latest', never())).toBe(digestOf(MANIFEST));
    };

    await look();
    expect(lines(registry.requests)).toEqual([`HEAD ${TAG}`, `GET ${TOKEN}`, `HEAD ${TAG}`]);
    await clock.advance(89_000);
    await look();
    expect(registry.requests).toHaveLength(4);
    await clock.advance(2_000);
    await look();
    expect(lines(registry.requests).slice(4)).toEqual([`GET ${TOKEN}`, `HEAD ${TAG}`]);
  });

  test('is asked over one connection, from the first look to the last byte', async () => {
    await using registry = await withTokens().registry;
    using remote = registry.open();
    const digest = await remote.digestOf('latest', never());
    await remote.image(digest, never());
    await remote.manifest('latest', never());
    expect(registry.connections).toBe(1);
  });

  test('is asked for the right to read this repository, whatever it offers, with the login at the realm alone', async () => {
    await using registry = await withTokens().registry;
    using remote = registry.open({ login: LOGIN });

    await remote.manifest('latest', never());

    expect(registry.requests.map(({ authorization }) => authorization)).toEqual([undefined, BASIC, 'Bearer token-1']);
  });

  test('gives one to nobody in particular without a login', async () => {
    await using registry = await withTokens().registry;
    using remote = registry.open();

    await remote.manifest('latest', never());

    expect(registry.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined, 'Bearer token-1']);
  });

  test('may withdraw it: a new one is fetched', async () => {
    const { registry: starting, revoke } = withTokens();
    await using registry = await starting;
    using remote = registry.open();
    await remote.manifest('latest', never());

    revoke();
    await remote.manifest('latest', never());

    expect(lines(registry.requests).slice(3)).toEqual([`GET ${TAG}`, `GET ${TOKEN}`, `GET ${TAG}`]);
  });

  test('and takes none is asked twice and no more, in this run and the next', async () => {
    await using registry = await scriptedRegistry((request, response) => {
      if (request.url?.startsWith('/token')) response.end('{"token":"useless"}');
      else challenge(response, 'Bearer realm="/token",service="the-service"');
    });
    const sessions = createRegistrySessions();
    for (const run of [1, 2]) {
      using remote = registry.open({ sessions });
      const error = await rejection(remote.manifest('latest', never()));
      expect(error).toMatchObject({ kind: 'unauthorized', message: expect.stringContaining('UNAUTHORIZED: authentication required') });
      expect(registry.requests).toHaveLength(run * 3);
    }
  });

  test('whose token server refuses says so, without the login', async () => {
    await using registry = await scriptedRegistry((request, response) => {
      if (request.url?.startsWith('/token'))
        response.writeHead(401).end(`{"errors":[{"code":"DENIED","message":"no ${request.headers.authorization}"}]}`);
      else challenge(response, 'Bearer realm="/token"');
    });
    using remote = registry.open({ login: LOGIN });

    const error = await rejection(remote.manifest('latest', never()));

    expect(error).toMatchObject({ kind: 'unauthorized', message: expect.stringContaining(`GET ${registry.url}/token: DENIED: no Basic `) });
    expect(String(error)).not.toContain(BASIC.slice('Basic '.length));
  });

  test('gets an identity token by POST, and never as a password', async () => {
    const bodies: string[] = [];
    await using registry = await scriptedRegistry(async (request, response) => {
      if (request.url === '/token') {
        for await (const chunk of request) bodies.push(String(chunk));
        response.end('{"access_token":"mine"}');
      } else if (request.headers.authorization === 'Bearer mine') sendManifest(response, MANIFEST);
      else challenge(response, 'Bearer realm="/token",service="the-service"');
    });
    using remote = registry.open({ login: { kind: 'identity', token: 'refresh-me' } });

    await remote.manifest('latest', never());

    expect(Object.fromEntries(new URLSearchParams(bodies.join('')))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'gitops-toolkit',
      service: 'the-service',
      scope: 'repository:team/app:pull',
      refresh_token: 'refresh-me',
    });
    expect(registry.requests[1]?.authorization).toBeUndefined();
  });
});

describe('a session', () => {
  test('is not shared between logins, nor between ways to the registry', async () => {
    await using registry = await withTokens().registry;
    const sessions = createRegistrySessions();
    const ways = [{}, { login: LOGIN }, { login: { ...LOGIN, password: 'another' } }, { access: { ca: `${registry.ca}\n` } }];
    for (const [index, way] of ways.entries()) {
      using remote = registry.open({ sessions, ...way });
      await remote.digestOf('latest', never());
      expect(registry.requests).toHaveLength(3 * (index + 1));
    }
    using again = registry.open({ sessions });
    await again.digestOf('latest', never());
    expect(registry.requests).toHaveLength(3 * ways.length + 1);
  });
});

describe('a registry that wants a password', () => {
  const withPassword = () =>
    scriptedRegistry((request, response) => {
      if (request.headers.authorization === BASIC) sendManifest(response, MANIFEST);
      else challenge(response, 'Basic realm="the registry"');
    });

  test('gets it once it asked, and at once the next time', async () => {
    await using registry = await withPassword();
    const sessions = createRegistrySessions();
    for (const requests of [2, 3]) {
      using remote = registry.open({ sessions, login: LOGIN });
      await remote.digestOf('latest', never());
      expect(registry.requests).toHaveLength(requests);
    }
    expect(registry.requests.map(({ authorization }) => authorization)).toEqual([undefined, BASIC, BASIC]);
  });

  test('is not asked a second time with a wrong one', async () => {
    await using registry = await withPassword();
    const sessions = createRegistrySessions();
    using remote = registry.open({ sessions, login: { ...LOGIN, password: 'wrong' } });

    expect(await rejection(remote.manifest('latest', never()))).toMatchObject({ kind: 'unauthorized' });
    expect(registry.requests).toHaveLength(2);
  });

  test('is not sent again what it just turned away, though it let it in before', async () => {
    let accepted = true;
    await using registry = await scriptedRegistry((request, response) => {
      if (accepted && request.headers.authorization === BASIC) sendManifest(response, MANIFEST);
      else challenge(response, 'Basic realm="the registry"');
    });
    using remote = registry.open({ login: LOGIN });
    await remote.manifest('latest', never());
    accepted = false;

    expect(await rejection(remote.manifest('latest', never()))).toMatchObject({ kind: 'unauthorized' });
    expect(registry.requests).toHaveLength(3);

    accepted = true;
    await remote.manifest('latest', never());
    expect(registry.requests.slice(3).map(({ authorization }) => authorization)).toEqual([undefined, BASIC]);
  });

  test('is told nothing without a login', async () => {
    await using registry = await withPassword();
    using remote = registry.open();

    expect(await rejection(remote.manifest('latest', never()))).toMatchObject({ kind: 'unauthorized' });
    expect(registry.requests).toHaveLength(1);
  });
});

describe('a registry that hides from strangers what is not public', () => {
  const hiding = (status: number) =>
    scriptedRegistry((request, response) => {
      if (request.headers.authorization === BASIC) sendManifest(response, MANIFEST);
      else if (request.url === '/v2/') challenge(response, 'Basic realm="x"');
      else response.writeHead(status).end();
    });

  test.each([403, 404])('is asked what it wants (status %d), and at once the next time', async (status) => {
    await using registry = await hiding(status);
    const sessions = createRegistrySessions();
    for (const requests of [3, 4]) {
      using remote = registry.open({ sessions, login: LOGIN });
      expect(await remote.digestOf('latest', never())).toBe(digestOf(MANIFEST));
      expect(registry.requests).toHaveLength(requests);
    }
  });

  test('is not asked by strangers', async () => {
    await using registry = await hiding(404);
    using remote = registry.open();
    expect(await rejection(remote.manifest('latest', never()))).toMatchObject({ kind: 'not-found' });
    expect(registry.requests).toHaveLength(1);
  });
});

describe('a realm', () => {
  const naming = (realm: string): Promise<ScriptedRegistry> =>
    scriptedRegistry((_request, response) => challenge(response, `Bearer realm="${realm}",service="s"`));

  test.each([
    'http://169.254.169.254/latest',
    'https://169.254.169.254/latest',
    'https://10.0.0.1/token',
    'https://localhost/token',
    'ftp://127.0.0.1/x',
  ])('%s that the registry chose is not asked (row 31, A13)', async (realm) => {
    await using registry = await naming(realm);
    using remote = registry.open({ login: LOGIN });

    const error = await rejection(remote.digestOf('latest', never()));

    expect(error).toMatchObject({ kind: 'refused', message: expect.stringMatching(/^realm .* not allowed: /) });
    expect(registry.requests).toHaveLength(1);
  });

  test('on another host gets neither a request nor the login, unless it is configured', async () => {
    await using other = await scriptedRegistry((_request, response) => response.end('{"token":"t"}'));
    await using registry = await scriptedRegistry((request, response) => {
      if (request.headers.authorization === 'Bearer t') sendManifest(response, MANIFEST);
      else challenge(response, `Bearer realm="https://localhost:${other.port}/token"`);
    });
    using strict = registry.open({ login: LOGIN });
    expect(await rejection(strict.digestOf('latest', never()))).toMatchObject({ kind: 'refused' });
    expect(other.requests).toEqual([]);

    using configured = registry.open({ login: LOGIN, realms: ['localhost'] });
    await configured.digestOf('latest', never());
    expect(other.requests.map(({ authorization }) => authorization)).toEqual([BASIC]);
  });

  test('that redirects is not followed', async () => {
    await using other = await scriptedRegistry((_request, response) => response.end('{"token":"t"}'));
    await using registry = await scriptedRegistry((request, response) => {
      if (request.url?.startsWith('/token')) response.writeHead(307, { location: `${other.url}/token` }).end();
      else challenge(response, 'Bearer realm="/token"');
    });
    using remote = registry.open({ login: LOGIN });

    expect(await rejection(remote.digestOf('latest', never()))).toMatchObject({
      kind: 'protocol',
      message: expect.stringContaining('307'),
    });
    expect(other.requests).toEqual([]);
  });

  test('at a local address is not connected to, even if it is the registry’s own', async () => {
    await using registry = await withTokens().registry;
    using remote = registry.open({ reach: 'remote' });

    expect(await rejection(remote.digestOf('latest', never()))).toMatchObject({ kind: 'refused' });
    expect(registry.requests).toEqual([]);
  });
});

describe('a redirect', () => {
  test('takes no login and no token along, and the challenge behind it gets nothing of the registry’s', async () => {
    await using other = await scriptedRegistry((request, response) => {
      if (request.url?.startsWith('/token')) response.end('{"token":"of-the-other"}');
      else if (request.headers.authorization === 'Bearer of-the-other') sendManifest(response, MANIFEST);
      else challenge(response, `Bearer realm="https://${request.headers.host}/token"`);
    });
    await using registry = await scriptedRegistry((request, response) => {
      if (request.url?.startsWith('/token')) response.end('{"token":"mine"}');
      else if (request.headers.authorization === 'Bearer mine') response.writeHead(307, { location: `${other.url}${request.url}` }).end();
      else challenge(response, 'Bearer realm="/token"');
    });
    using remote = registry.open({ login: LOGIN });

    expect((await remote.manifest('latest', never())).digest).toBe(digestOf(MANIFEST));

    expect(other.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined, 'Bearer of-the-other']);
  });
});

test('credentials of another registry are refused before anything is asked', async () => {
  await using registry = await withTokens().registry;
  for (const origin of ['https://ghcr.io', `https://127.0.0.1:${registry.port}1`, `https://127.0.0.1@evil.example:${registry.port}`])
    expect(() => registry.open({ login: { ...LOGIN, origin } })).toThrow(/^the credentials are for /);
  using own = registry.open({ login: { ...LOGIN, origin: registry.url } });
  await own.digestOf('latest', never());
});
