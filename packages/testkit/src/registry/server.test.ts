import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { ask } from '../http/ask.ts';
import { processesIn } from '../programs/processes-in.ts';
import { startRegistry } from './server.ts';

const CONTENT = { mediaType: 'application/vnd.cncf.flux.content.v1.tar+gzip', content: 'not really a tarball' };
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;

test('what was pushed is served by tag and by digest, and requests are written down', async () => {
  await using registry = await startRegistry();

  const pushed = await registry.pushArtifact({ repository: 'team/app', tag: 'v1', layers: [CONTENT], annotations: { made: 'by hand' } });

  for (const reference of ['v1', pushed.digest]) {
    const answer = await ask(`${registry.url}/v2/team/app/manifests/${reference}`, { headers: { accept: pushed.mediaType } });
    expect(answer.text).toBe(pushed.manifest);
    expect(answer.headers['docker-content-digest']).toBe(pushed.digest);
  }
  const layer = await ask(`${registry.url}/v2/team/app/blobs/${pushed.layers[0]?.digest}`);
  expect(layer.text).toBe(CONTENT.content);
  expect(registry.requests.map(({ method, path }) => `${method} ${path}`)[0]).toBe('GET /v2/team/app/manifests/v1');
  expect(registry.requests).toHaveLength(3);
});

test('TLS is that of the authority which it names', async () => {
  await using registry = await startRegistry({ tls: true });

  expect((await ask(`${registry.url}/v2/`, { ca: registry.ca })).status).toBe(200);
  await expect(ask(`${registry.url}/v2/`)).rejects.toThrow('unable to verify');
});

test('basic authentication lets the login in and nobody else', async () => {
  await using registry = await startRegistry({ auth: 'basic' });
  await registry.pushArtifact({ repository: 'app', tag: 'v1', layers: [] });
  const tags = async (headers: Record<string, string>) => ask(`${registry.url}/v2/app/tags/list`, { headers });

  const refused = await tags({ authorization: basic('testkit:wrong') });
  expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Basic realm="registry"']);
  expect((await tags({})).status).toBe(401);
  const authorization = basic('testkit:secret');
  expect((await tags({ authorization })).text.trim()).toBe('{"name":"app","tags":["v1"]}');
  expect(registry.requests.at(-1)?.authorization).toBe(authorization);
});

test('token authentication: a challenge, a token for the login, an answer for the token', async () => {
  await using registry = await startRegistry({ auth: 'token', tls: true });
  const { ca } = registry;
  const { mediaType } = await registry.pushArtifact({ repository: 'team/app', tag: 'v1', layers: [CONTENT] });
  const manifest = `${registry.url}/v2/team/app/manifests/v1`;

  const challenge = String((await ask(manifest, { ca })).headers['www-authenticate']);
  const wanted = `Bearer realm="${registry.url}/token",service="testkit-registry",scope="repository:team/app:pull"`;
  expect(challenge).toBe(wanted);

  const tokens = `${registry.url}/token?service=testkit-registry&scope=repository:team/app:pull`;
  const tokenFor = async (headers: Record<string, string>) => {
    const answer = await ask(tokens, { ca, headers });
    return answer.status === 200 ? (JSON.parse(answer.text) as { readonly token: string }).token : answer.status;
  };
  const read = async (token: unknown) =>
    (await ask(manifest, { ca, headers: { authorization: `Bearer ${token}`, accept: mediaType } })).status;
  expect(await tokenFor({ authorization: basic('testkit:wrong') })).toBe(401);
  expect(await read(await tokenFor({}))).toBe(401);
  expect(await read(await tokenFor({ authorization: basic('testkit:secret') }))).toBe(200);
});

test('a public repository gives a token to anybody', async () => {
  await using registry = await startRegistry({ auth: 'token', anonymousPull: true });
  await registry.pushArtifact({ repository: 'app', tag: 'v1', layers: [] });

  const { token } = JSON.parse((await ask(`${registry.url}/token?scope=repository:app:pull,push`)).text) as { readonly token: string };

  const headers = { authorization: `Bearer ${token}` };
  expect((await ask(`${registry.url}/v2/app/tags/list`, { headers })).status).toBe(200);
  expect((await ask(`${registry.url}/v2/app/blobs/uploads/`, { method: 'POST', headers })).status).toBe(401);
});

test('it leaves nothing behind', async () => {
  const registry = await startRegistry();
  const { directory } = registry;
  expect(existsSync(directory)).toBe(true);
  expect(await processesIn(directory)).toContainEqual(expect.stringContaining('docker-registry'));

  await registry[Symbol.asyncDispose]();

  expect(existsSync(directory)).toBe(false);
  await eventually(async () => expect(await processesIn(directory)).toEqual([]));
  await expect(ask(registry.url)).rejects.toThrow('ECONNREFUSED');
});
