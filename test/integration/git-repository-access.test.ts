import { generateKeyPairSync } from 'node:crypto';
import { createAuthority, startGitServer, startProxy, startSocksProxy } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { secret } from './git-manifests.ts';
import { startGitHubApi } from './github-api.ts';
import { condition, failsWith, isReady, isStalled, testbed } from './testbed.ts';

const basic = (username: string, password: string) => `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
const FILES = { 'a.yaml': 'a: 1\n' };

describe('TLS', () => {
  test.for([
    [
      'tls.crt and tls.key',
      (pair: { cert: string; key: string }, ca: string) => ({ 'tls.crt': pair.cert, 'tls.key': pair.key, 'ca.crt': ca }),
    ],
    ['certFile and keyFile', (pair: { cert: string; key: string }, ca: string) => ({ certFile: pair.cert, keyFile: pair.key, caFile: ca })],
  ] as const)('a client certificate is shown to the server that asks for one: %s', async ([, data]) => {
    await using bed = await testbed();
    const authority = createAuthority();
    const server = await bed.git({ tls: true, clientCa: authority.ca });
    const repository = await server.createRepository('repo');
    await repository.commit('first', FILES);
    await secret(bed, 'tls', data(authority.issueClient('flux'), server.ca ?? ''));
    await bed.gitRepository('repo', { url: repository.url, secretRef: { name: 'tls' } });
    await bed.source('repo', isReady);
    expect(new Set(server.requests.map(({ client }) => client))).toEqual(new Set(['flux']));
  });

  test('a server whose authority nobody knows is a failure', async () => {
    await using bed = await testbed();
    const server = await bed.git({ tls: true });
    const repository = await server.createRepository('repo');
    await repository.commit('first', FILES);
    await bed.gitRepository('repo', { url: repository.url });
    const failed = await bed.source('repo', failsWith('GitOperationFailed'));
    expect(condition(failed, 'FetchFailed')?.message).toMatch(/certificate/);
    expect(server.requests).toEqual([]);
  });
});

test.for([
  ['HTTP', startProxy],
  ['SOCKS 5', startSocksProxy],
] as const)('the %s proxy of proxySecretRef is used, with its login; a wrong one is said', async ([, start]) => {
  await using bed = await testbed();
  const repository = await bed.repository(FILES);
  await using proxy = await start({ login: { username: 'me', password: 'pr0xy' }, hosts: { 'git.example': '127.0.0.1' } });
  await secret(bed, 'proxy', { address: proxy.url, username: 'me', password: 'wrong-CANARY' });
  await bed.gitRepository('repo', { url: repository.url.replace('127.0.0.1', 'git.example'), proxySecretRef: { name: 'proxy' } });
  const failed = await bed.source('repo', failsWith('GitOperationFailed'));
  expect(condition(failed, 'FetchFailed')?.message).toMatch(/proxy|407/i);
  expect(JSON.stringify(failed.status)).not.toContain('CANARY');

  await secret(bed, 'proxy', { address: proxy.url, username: 'me', password: 'pr0xy' });
  await bed.source('repo', isReady);
  expect(proxy.requests.at(-1)).toMatchObject({ user: 'me', admitted: true });
});

describe('Secrets that are missing, or say nothing that could be used', () => {
  test.for([
    ['the login is not there', { secretRef: { name: 'none' } }, 'AuthenticationFailed', "Secret 'none' not found"],
    ['the proxy is not there', { proxySecretRef: { name: 'none' } }, 'AuthenticationFailed', "Secret 'none' not found"],
    ['the proxy has no address', { proxySecretRef: { name: 'empty' } }, 'AuthenticationFailed', "Secret 'empty' has no 'address'"],
    ['the login says nothing', { secretRef: { name: 'empty' } }, 'AuthenticationFailed', "Secret 'empty' has neither"],
    ["an app's login without the provider", { secretRef: { name: 'app' } }, 'InvalidProviderConfiguration', "provider has to be 'github'"],
    ['another login with the provider', { provider: 'github', secretRef: { name: 'empty' } }, 'InvalidProviderConfiguration', 'GitHub App'],
  ] as const)('%s', async ([, spec, reason, message]) => {
    await using bed = await testbed();
    await secret(bed, 'empty', { other: 'x' });
    await secret(bed, 'app', { githubAppID: '1' });
    await bed.gitRepository('repo', { url: 'http://127.0.0.1:9/repo.git', ...spec });
    const failed = await bed.source('repo', failsWith(reason));
    expect(condition(failed, 'FetchFailed')).toMatchObject({ status: 'True', reason, message: expect.stringContaining(message) });
    expect(isStalled(failed)).toBe(false);
  });
});

describe('what the spec alone makes impossible stalls', () => {
  test.for([
    ['the provider github without a Secret', { provider: 'github' }, 'InvalidProviderConfiguration'],
    ['a cloud over ssh', { provider: 'azure', url: 'ssh://git@ssh.dev.azure.com/v3/o/p/r' }, 'InvalidProviderConfiguration'],
    ['a ServiceAccount while the gate is off', { provider: 'aws', serviceAccountName: 'deployer' }, 'FeatureGateDisabled'],
  ] as const)('%s', async ([, spec, reason]) => {
    await using bed = await testbed();
    await bed.gitRepository('repo', { url: 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/app', ...spec });
    const stalled = await bed.source('repo', isStalled);
    expect(condition(stalled, 'Ready')).toMatchObject({ status: 'False', reason });
    expect(condition(stalled, 'FetchFailed')).toMatchObject({ status: 'True', reason });
  });
});

test.for(['aws', 'azure'] as const)("the identity of %s is not shown to anybody else's server", async (provider) => {
  await using bed = await testbed();
  const server = await bed.git();
  const repository = await server.createRepository('repo');
  await repository.commit('first', FILES);
  await bed.gitRepository('repo', { url: repository.url, provider });
  const failed = await bed.source('repo', failsWith('AuthenticationFailed'));
  expect(condition(failed, 'FetchFailed')?.message).toContain('127.0.0.1');
  expect(server.requests).toEqual([]);
});

describe('a GitHub App', () => {
  const TOKEN = 'ghs_t0kenCANARY';

  test.for([
    ['its installation', { githubAppInstallationID: '7' }],
    ['the owner where it is installed', { githubAppInstallationOwner: 'team' }],
  ] as const)('logs in with a token for %s, which is asked for once', async ([, installation]) => {
    await using bed = await testbed();
    await using api = await startGitHubApi({ appId: '42', token: TOKEN });
    const server = await bed.git({ authorization: basic('x-access-token', TOKEN) });
    const repository = await server.createRepository('repo');
    await repository.commit('first', FILES);
    await secret(bed, 'app', { githubAppID: '42', githubAppPrivateKey: api.privateKey, githubAppBaseURL: api.url, ...installation });
    const spec = { url: repository.url, provider: 'github', secretRef: { name: 'app' } } as const;
    await bed.gitRepository('one', spec);
    await bed.source('one', isReady);
    const asked = api.requests.length;
    await bed.gitRepository('two', spec);
    const stored = await bed.source('two', isReady);
    expect(api.requests.length).toBe(asked);
    expect(api.requests.filter((line) => line.endsWith('/access_tokens'))).toHaveLength(1);
    expect(JSON.stringify(stored)).not.toContain(TOKEN);
  });

  test("with another key is turned away by GitHub's API, and the server is not asked", async () => {
    await using bed = await testbed();
    await using api = await startGitHubApi({ appId: '42', token: TOKEN });
    const server = await bed.git();
    const githubAppPrivateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    await secret(bed, 'app', { githubAppID: '42', githubAppPrivateKey, githubAppInstallationID: '7', githubAppBaseURL: api.url });
    await bed.gitRepository('repo', { url: `${server.url}/repo.git`, provider: 'github', secretRef: { name: 'app' } });
    const failed = await bed.source('repo', failsWith('AuthenticationFailed'));
    expect(condition(failed, 'FetchFailed')?.message).toMatch(/answered 401/);
    expect(server.requests).toEqual([]);
  });
});

describe('row 24: a redirect', () => {
  test('to another host is followed without the login', async () => {
    await using bed = await testbed();
    const other = await bed.git();
    const repository = await other.createRepository('repo');
    await repository.commit('first', FILES);
    await using front = await startGitServer({ redirectTo: other.url });
    await secret(bed, 'login', { username: 'git', password: 's3cret' });
    await bed.gitRepository('repo', { url: `${front.url}/repo.git`, secretRef: { name: 'login' } });
    await bed.source('repo', isReady);
    expect(new Set(front.requests.map(({ authorization }) => authorization))).toEqual(new Set([basic('git', 's3cret')]));
    expect(other.requests.length).toBeGreaterThan(0);
    expect(other.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });

  test('of what is asked after the greeting is not followed, whoever it leads to', async () => {
    await using bed = await testbed();
    const other = await bed.git();
    await (await other.createRepository('repo')).commit('first', FILES);
    const server = await bed.git({
      intercept(request, response) {
        if (request.method !== 'POST') return false;
        response.writeHead(307, { location: `${other.url}${request.url}` }).end();
        return true;
      },
    });
    const repository = await server.createRepository('repo');
    await repository.commit('first', FILES);
    await secret(bed, 'login', { username: 'git', password: 's3cret' });
    await bed.gitRepository('repo', { url: repository.url, secretRef: { name: 'login' } });
    await bed.source('repo', failsWith('GitOperationFailed'));
    expect(other.requests).toEqual([]);
  });

  test('to plain http is not followed', async () => {
    await using bed = await testbed();
    const other = await bed.git();
    await (await other.createRepository('repo')).commit('first', FILES);
    await using front = await startGitServer({ tls: true, redirectTo: other.url });
    await secret(bed, 'login', { username: 'git', password: 's3cret', 'ca.crt': front.ca ?? '' });
    await bed.gitRepository('repo', { url: `${front.url}/repo.git`, secretRef: { name: 'login' } });
    await bed.source('repo', failsWith('GitOperationFailed'));
    expect(other.requests).toEqual([]);
  });
});
