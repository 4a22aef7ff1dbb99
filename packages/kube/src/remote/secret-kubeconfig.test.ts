import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import { testDirectory } from '../../test/directory.ts';
import { base64, type KubeconfigParts, kubeconfigSecret, kubeconfigText } from '../../test/kubeconfig-secret.ts';
import { secretConnection } from './secret-kubeconfig.ts';
import type { TenantPolicy } from './tenant-policy.ts';
import { UnusableKubeconfig } from './unusable-kubeconfig.ts';

const CANARY = 'hunter2-canary';
const EVERYTHING: TenantPolicy = { allowExec: true, allowInsecureTls: true, allowLocalAddresses: true };

const connect = (parts: KubeconfigParts, policy: TenantPolicy = {}) =>
  secretConnection({ secret: kubeconfigSecret({ value: kubeconfigText(parts) }) }, policy, fakeClock());

async function refusal(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UnusableKubeconfig);
  return error instanceof Error ? error.message : '';
}

describe('a kubeconfig in a Secret', () => {
  test('says where the server is, whom to trust and how to log in', async () => {
    const { cert, key } = certificates.firstClient;
    const connection = await connect({
      cluster: { 'certificate-authority-data': base64(certificates.ca), 'tls-server-name': 'inner.example.dev' },
      user: { token: 't0ken', 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
    });
    expect(connection).toMatchObject({
      server: 'https://example.dev:6443',
      ca: certificates.ca,
      tlsServerName: 'inner.example.dev',
      clientCertificate: { cert, key },
      reach: 'remote',
    });
    expect(await connection.token?.()).toBe('t0ken');
  });

  test('without a login is nobody’s, and never ours', async () => {
    const connection = await connect({});
    expect([connection.token, connection.clientCertificate]).toEqual([undefined, undefined]);
  });

  test('is in the key that is asked for, else in value, else in value.yaml', async () => {
    const at = (host: string) => kubeconfigText({ cluster: { server: `https://${host}` } });
    const server = async (data: Readonly<Record<string, string>>, key?: string) =>
      (await secretConnection({ secret: kubeconfigSecret(data), key }, {}, fakeClock())).server;
    const all = { value: at('one.dev'), 'value.yaml': at('two.dev'), other: at('three.dev') };
    expect(await server(all)).toBe('https://one.dev');
    expect(await server(all, '')).toBe('https://one.dev');
    expect(await server(all, 'other')).toBe('https://three.dev');
    expect(await server({ 'value.yaml': at('two.dev') })).toBe('https://two.dev');
    expect(await refusal(server({ other: at('three.dev') }))).toBe(
      "failed to use the kubeconfig of Secret 'apps/prod': it has no key 'value'",
    );
    expect(await refusal(server(all, 'missing'))).toContain("it has no key 'missing'");
    expect(await refusal(server(all, 'toString'))).toContain("it has no key 'toString'");
  });

  test('may have what is dangerous in entries that are not in use', async () => {
    const clusters = [
      { name: 'away', cluster: { server: 'https://example.dev' } },
      { name: 'other', cluster: { server: 'http://127.0.0.1' } },
    ];
    const users = [{ name: 'jane' }, { name: 'other', user: { exec: { command: 'touch' } } }];
    expect(await connect({ clusters, users })).toMatchObject({ server: 'https://example.dev' });
  });

  test('may leave dangerous fields empty', async () => {
    const user = { token: 't0ken', exec: null, 'auth-provider': null, tokenFile: '', 'client-key': '', as: '', 'as-groups': [] };
    const cluster = { 'proxy-url': '', 'certificate-authority': '', 'insecure-skip-tls-verify': false };
    expect(await connect({ cluster, user })).toMatchObject({ server: 'https://example.dev:6443' });
  });
});

describe('CVE-2022-24817: a kubeconfig of a tenant', () => {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: CANARY };

  test.each<[string, KubeconfigParts, string]>([
    ['starts no program', { user: { exec } }, `'exec' needs the controller to run with --insecure-kubeconfig-exec`],
    ['starts no program, whatever its form', { user: { exec: CANARY } }, `'exec' needs the controller to run with`],
    ['uses no auth provider', { user: { 'auth-provider': { name: CANARY } } }, `'auth-provider' is not supported`],
    ['sends no password', { user: { username: 'jane', password: CANARY } }, `'username' is not supported`],
    ['becomes nobody else', { user: { token: CANARY, as: 'root' } }, `'as' is not supported`],
    ['becomes no group', { user: { token: CANARY, 'as-groups': ['system:masters'] } }, `'as-groups' is not supported`],
    ['goes through no proxy', { cluster: { 'proxy-url': `http://${CANARY}` } }, `'proxy-url' is not supported`],
    [
      'trusts not everybody',
      { cluster: { 'insecure-skip-tls-verify': true } },
      `needs the controller to run with --insecure-kubeconfig-tls`,
    ],
    ['trusts not everybody by a text', { cluster: { 'insecure-skip-tls-verify': 'true' } }, '--insecure-kubeconfig-tls'],
    ['sends nothing in the clear', { cluster: { server: `http://${CANARY}` } }, `'server' is not an https URL`],
    ['sends nothing by another protocol', { cluster: { server: `file:///${CANARY}` } }, `'server' is not an https URL`],
    ['has no login in its server', { cluster: { server: `https://jane:${CANARY}@example.dev` } }, `'server' has a login in it`],
    [
      'does not reach our own machine',
      { cluster: { server: 'https://127.0.0.1:10250' } },
      `'server' is a loopback, link-local or metadata`,
    ],
    [
      'does not reach our machine in IPv6',
      { cluster: { server: 'https://[::1]:10250' } },
      `'server' is a loopback, link-local or metadata`,
    ],
    ['does not reach metadata', { cluster: { server: 'https://169.254.169.254' } }, `'server' is a loopback, link-local or metadata`],
    ['does not hide it in hexadecimal', { cluster: { server: 'https://0xa9fea9fe' } }, `'server' is a loopback, link-local or metadata`],
  ])('%s', async (_what, parts, message) => {
    const said = await refusal(connect(parts));
    expect(said).toContain("failed to use the kubeconfig of Secret 'apps/prod', key 'value': ");
    expect(said).toContain(message);
    expect(said).not.toContain(CANARY);
  });

  test.each([
    ['user', 'tokenFile', 'token'],
    ['user', 'client-key', 'client-key-data'],
    ['user', 'client-certificate', 'client-certificate-data'],
    ['cluster', 'certificate-authority', 'certificate-authority-data'],
  ])('has no file of ours as its %s’s %s, whatever the operator allows', async (entry, field, instead) => {
    await using directory = await testDirectory();
    const path = await directory.write('token', CANARY);
    for (const extra of [{}, { [instead]: base64(certificates.ca) }]) {
      const said = await refusal(connect({ [entry]: { [field]: path, ...extra } }, EVERYTHING));
      expect(said).toContain(`'${field}' names a file of the controller's: put its content into '${instead}'`);
      expect(said).not.toContain(path);
    }
  });

  test('may do what the operator allows, and no more', async () => {
    expect(await connect({ cluster: { 'insecure-skip-tls-verify': true } }, { allowInsecureTls: true })).toMatchObject({
      insecureSkipTlsVerify: true,
    });
    const local = await connect({ cluster: { server: 'https://127.0.0.1' } }, { allowLocalAddresses: true });
    expect([local.server, local.reach]).toEqual(['https://127.0.0.1', undefined]);
    expect(await refusal(connect({ user: { exec } }, { allowInsecureTls: true, allowLocalAddresses: true }))).toContain(`'exec' needs`);
    expect(await refusal(connect({ cluster: { 'insecure-skip-tls-verify': true } }, { allowExec: true }))).toContain('skip-tls-verify');
    expect(await refusal(connect({ cluster: { server: 'http://127.0.0.1' } }, EVERYTHING))).toContain('not an https URL');
  });

  test('starts its program when the operator allows it, and only then', async () => {
    await using directory = await testDirectory();
    const ran = join(directory.path, 'ran');
    const credential = JSON.stringify({ apiVersion: exec.apiVersion, kind: 'ExecCredential', status: { token: 't0ken' } });
    const command = await directory.write('login', `#!/bin/sh\ntouch '${ran}'\necho '${credential}'\n`, 0o700);
    const parts = { user: { exec: { ...exec, command } } };
    await refusal(connect(parts));
    await expect(readFile(ran)).rejects.toThrow('ENOENT');
    expect(await (await connect(parts, { allowExec: true })).token?.()).toBe('t0ken');
    await readFile(ran);
  });

  test('has no program beside a file that it does not have', async () => {
    expect(await refusal(connect({ user: { exec: { ...exec, command: './login' } } }, EVERYTHING))).toContain('is relative to a file');
  });
});

describe('what is wrong is said, with the Secret’s name and without its content', () => {
  const { cert } = certificates.firstClient;
  const { key: otherKey } = certificates.secondClient;

  test.each<[string, string, string]>([
    ['nothing', '', 'it is empty'],
    ['another secret', CANARY, 'it is not a kubeconfig'],
    ['no YAML', `{"users": "${CANARY}`, 'it is not YAML'],
    ['YAML without end', '['.repeat(1_000), 'it is not YAML'],
    ['no context', kubeconfigText({ 'current-context': '' }), 'it has no current context'],
    ['a missing context', kubeconfigText({ 'current-context': CANARY }), 'an entry that is not among its contexts'],
    ['a missing cluster', kubeconfigText({ contexts: [{ name: 'dev', context: { cluster: CANARY } }] }), 'not among its clusters'],
    ['a missing user', kubeconfigText({ contexts: [{ name: 'dev', context: { cluster: 'away', user: CANARY } }] }), 'not among its users'],
    ['users that are no list', kubeconfigText({ users: CANARY }), "'users' is not a list"],
    ['no server', kubeconfigText({ cluster: { server: '' } }), "'server' is not a URL"],
    ['a server that is no URL', kubeconfigText({ cluster: { server: CANARY } }), "'server' is not a URL"],
    ['a server that is no text', kubeconfigText({ cluster: { server: [CANARY] } }), "'server' is not a text"],
    [
      'a server’s name that is none',
      kubeconfigText({ cluster: { 'tls-server-name': `${CANARY} x` } }),
      "'tls-server-name' is not the name of a server",
    ],
    [
      'a server’s name without end',
      kubeconfigText({ cluster: { 'tls-server-name': CANARY.repeat(20) } }),
      "'tls-server-name' is not the name of a server",
    ],
    ['a token that is no text', kubeconfigText({ user: { token: { CANARY } } }), "'token' is not a text"],
    ['a token with a line break', kubeconfigText({ user: { token: `${CANARY}\r\nx: y` } }), "'token' has a space, a line break"],
    [
      'an authority that is none',
      kubeconfigText({ cluster: { 'certificate-authority-data': base64(CANARY) } }),
      'is not a certificate in PEM',
    ],
    [
      'a certificate without its key',
      kubeconfigText({ user: { 'client-certificate-data': base64(cert) } }),
      'there is one, but not the other',
    ],
    [
      'a certificate that is none',
      kubeconfigText({ user: { 'client-certificate-data': base64(CANARY), 'client-key-data': base64(otherKey) } }),
      "'client-certificate-data' is not a certificate",
    ],
    [
      'a key that is none',
      kubeconfigText({ user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(CANARY) } }),
      "'client-key-data' is not a private key",
    ],
    [
      'somebody else’s key',
      kubeconfigText({ user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(otherKey) } }),
      "'client-key-data' is not the key of",
    ],
    ['too much', kubeconfigText({ note: 'x'.repeat(256 * 1024) }), 'it is longer than 256 KiB: leave out'],
  ])('%s', async (_what, text, message) => {
    const said = await refusal(secretConnection({ secret: kubeconfigSecret({ value: text }) }, {}, fakeClock()));
    expect(said).toContain("failed to use the kubeconfig of Secret 'apps/prod', key 'value': ");
    expect(said).toContain(message);
    expect(said).not.toContain(CANARY);
  });

  test('a Secret without data', async () => {
    for (const data of [undefined, null]) {
      const { data: _, ...secret } = kubeconfigSecret({});
      const empty = data === undefined ? secret : { ...secret, data };
      expect(await refusal(secretConnection({ secret: empty }, {}, fakeClock()))).toContain("it has no key 'value'");
    }
  });
});

test('aliases that would unfold without end take no time', async () => {
  const levels = Array.from(
    { length: 30 },
    (_, level) =>
      `a${level}: &a${level} [${
        level === 0
          ? 'x'
          : Array(9)
              .fill(`*a${level - 1}`)
              .join(', ')
      }]`,
  );
  const bomb = (user: string) => `${levels.join('\n')}
current-context: dev
contexts: [{name: dev, context: {cluster: away, user: jane}}]
clusters: [{name: away, cluster: {server: https://example.dev}}]
users: [{name: jane, user: ${user}}]`;
  const attempt = (user: string) => refusal(secretConnection({ secret: kubeconfigSecret({ value: bomb(user) }) }, EVERYTHING, fakeClock()));
  expect(await attempt('{token: *a29}')).toContain("'token' is not a text");
  expect(await attempt('{exec: {apiVersion: client.authentication.k8s.io/v1, command: x, args: [*a29]}}')).toContain(
    'an argument that is not a text',
  );
});
