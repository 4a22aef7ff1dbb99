import { generateKeyPairSync, verify } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import { secretOf } from '../../test/secrets.ts';
import { type Received, type ServerOptions, startHttpServer } from '../../test/servers.ts';
import { createTokenCache } from '../token-cache/token-cache.ts';
import { githubAppAccess } from './github-app-access.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (type: 'pkcs1' | 'pkcs8') => privateKey.export({ type, format: 'pem' }).toString();
const url = new URL('https://github.com/team/app.git');

const clock = fakeClock();
const APP = { githubAppID: '12345', githubAppInstallationID: '678', githubAppPrivateKey: pem('pkcs1') };
const options = () => ({ clock, reach: 'anywhere', signal: AbortSignal.timeout(10_000) }) as const;

/** What GitHub checks of an app's token, by its documentation. */
function refusalOf(authorization = ''): string | undefined {
  const [header = '', payload = '', signature = ''] = authorization.replace(/^Bearer /, '').split('.');
  const parsed = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  if (!verify('sha256', Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'))) return 'signature';
  if (parsed(header).alg !== 'RS256') return 'algorithm';
  const { iat, exp, iss } = parsed(payload);
  const now = clock.now() / 1000;
  if (iss !== '12345') return 'issuer';
  if (!(Number(iat) <= now && Number(exp) > now && Number(exp) <= now + 600)) return 'time';
  return undefined;
}

const json = (response: ServerResponse, status: number, value: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const startGitHub = (answers: Record<string, unknown> = {}, server: ServerOptions = {}) =>
  startHttpServer(({ line, headers }: Received, response) => {
    const refusal = refusalOf(headers.authorization);
    if (refusal !== undefined) return void json(response, 401, { message: `A JSON web token could not be decoded: ${refusal}` });
    const answer = answers[line];
    if (answer !== undefined) return void json(response, 200, answer);
    if (!line.startsWith('POST /app/installations/678/')) return void json(response, 404, { message: 'Not Found' });
    json(response, 201, { token: 'ghs_CANARY', expires_at: new Date(clock.now() + 3_600_000).toISOString() });
  }, server);

describe('a GitHub App', () => {
  test.each(['pkcs1', 'pkcs8'] as const)('with a key in %s gets a token for its installation, as the password for Git', async (type) => {
    await using github = await startGitHub();
    const secret = secretOf({ ...APP, githubAppPrivateKey: `${pem(type)}\n`, githubAppBaseURL: github.url });

    expect(await githubAppAccess({ secret }, url, options())).toEqual({
      login: { kind: 'basic', origin: 'https://github.com', username: 'x-access-token', password: 'ghs_CANARY' },
    });
    expect(github.received.map(({ line }) => line)).toEqual(['POST /app/installations/678/access_tokens']);
  });

  test.each([
    ['an organisation', 'orgs', ['GET /orgs/a%20team/installation']],
    ['a person', 'users', ['GET /orgs/a%20team/installation', 'GET /users/a%20team/installation']],
  ])('finds its installation for %s', async (_, kind, asked) => {
    await using github = await startGitHub({ [`GET /${kind}/a%20team/installation`]: { id: 678 } });
    const { githubAppInstallationID, ...app } = APP;
    const secret = secretOf({ ...app, githubAppInstallationOwner: 'a team', githubAppBaseURL: github.url });

    await githubAppAccess({ secret }, url, options());

    expect(github.received.map(({ line }) => line)).toEqual([...asked, `POST /app/installations/${githubAppInstallationID}/access_tokens`]);
  });

  test('asks a server of its own, under its path and with its authority', async () => {
    await using github = await startGitHub(
      { 'POST /api/v3/app/installations/678/access_tokens': { token: 't', expires_at: '2100-01-01T00:00:00Z' } },
      { tls: certificates.server, host: 'localhost' },
    );
    const secret = secretOf({ ...APP, githubAppBaseURL: `${github.url}/api/v3/`, 'ca.crt': certificates.ca });

    expect(await githubAppAccess({ secret }, url, options())).toMatchObject({ ca: certificates.ca, login: { password: 't' } });
  });

  test('gets one token for many objects, and another for another key', async () => {
    await using github = await startGitHub();
    const cache = createTokenCache({ clock });
    const secret = secretOf({ ...APP, githubAppBaseURL: github.url });
    const again = () => githubAppAccess({ secret }, url, { ...options(), cache });

    await Promise.all([again(), again(), again()]);
    await again();
    expect(github.received).toHaveLength(1);
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

    const stolen = secretOf({ ...APP, githubAppPrivateKey: other, githubAppBaseURL: github.url });
    await expect(githubAppAccess({ secret: stolen }, url, { ...options(), cache })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(
        /^github: failed to create a token for the installation: .* answered 401 \(A JSON web token .*signature\)$/,
      ),
    });
  });

  test('that is not installed is told so', async () => {
    await using github = await startGitHub();
    const { githubAppInstallationID, ...app } = APP;
    const secret = secretOf({ ...app, githubAppInstallationOwner: 'nobody', githubAppBaseURL: github.url });

    await expect(githubAppAccess({ secret }, url, options())).rejects.toThrow(
      /^github: failed to find the installation for 'nobody': .* 404 \(Not Found\)$/,
    );
    expect(githubAppInstallationID).toBe('678');
  });

  test.each([
    [{ githubAppID: '' }, "has no 'githubAppID'"],
    [{ githubAppID: '1/../2' }, "has a 'githubAppID' that is none"],
    [{ githubAppPrivateKey: '' }, "has no 'githubAppPrivateKey'"],
    [{ githubAppPrivateKey: 'CANARY' }, "has no RSA key in PEM in 'githubAppPrivateKey'"],
    [{ githubAppPrivateKey: certificates.server.key }, "has no RSA key in PEM in 'githubAppPrivateKey'"],
    [{ githubAppInstallationID: '' }, "needs either 'githubAppInstallationID' or 'githubAppInstallationOwner'"],
    [{ githubAppInstallationOwner: 'team' }, "needs either 'githubAppInstallationID' or 'githubAppInstallationOwner'"],
    [{ githubAppInstallationID: '1/../../x' }, "has a 'githubAppInstallationID' that is no number"],
    [{ githubAppBaseURL: 'github.example.com' }, "has no URL in 'githubAppBaseURL'"],
    [{ githubAppBaseURL: 'file:///etc' }, "has no URL in 'githubAppBaseURL'"],
    // Time by its length, and not by the square of that: 100 KB of slashes took a minute.
    [{ githubAppBaseURL: `${'/'.repeat(200_000)}x` }, "has no URL in 'githubAppBaseURL'"],
  ])('whose Secret says %j is refused with advice', async (data, message) => {
    await expect(githubAppAccess({ secret: secretOf({ ...APP, ...(data as Record<string, string>) }) }, url, options())).rejects.toThrow(
      `Secret 'login' ${message}`,
    );
  });
});
