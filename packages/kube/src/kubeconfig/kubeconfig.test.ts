import { delimiter, join } from 'node:path';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { type TestDirectory, testDirectory } from '../../test/directory.ts';
import { loadConnection } from './kubeconfig.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Parts {
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** A kubeconfig with one context; JSON is YAML. */
const kubeconfig = ({ cluster = {}, user = {}, ...rest }: Parts = {}): string =>
  JSON.stringify({
    'current-context': 'dev',
    contexts: [{ name: 'dev', context: { cluster: 'home', user: 'jane' } }],
    clusters: [{ name: 'home', cluster: { server: 'https://example.dev:6443', ...cluster } }],
    users: [{ name: 'jane', user }],
    ...rest,
  });

async function load(directory: TestDirectory, content: string, context?: string) {
  const kubeconfigPath = await directory.write('config', content);
  return loadConnection({ kubeconfigPath, clock: fakeClock(), environment: {}, ...(context === undefined ? {} : { context }) });
}

describe('a kubeconfig', () => {
  test('says where the server is and whom to trust', async () => {
    await using directory = await testDirectory();
    const cluster = {
      'certificate-authority-data': base64('CA'),
      'tls-server-name': 'inner.example.dev',
      'insecure-skip-tls-verify': true,
    };
    expect(await load(directory, kubeconfig({ cluster }))).toMatchObject({
      server: 'https://example.dev:6443',
      ca: 'CA',
      tlsServerName: 'inner.example.dev',
      insecureSkipTlsVerify: true,
    });
  });

  test('in YAML, with no more than it needs', async () => {
    await using directory = await testDirectory();
    const yaml = `
apiVersion: v1
kind: Config
current-context: dev
contexts: [{name: dev, context: {cluster: home, user: jane}}]
clusters: [{name: home, cluster: {server: https://example.dev}}]
users: [{name: jane}]
`;
    const connection = await load(directory, yaml);
    expect({ ...connection }).toEqual({ server: 'https://example.dev', clientCertificate: undefined });
  });

  test('another context than the current one may be asked for', async () => {
    await using directory = await testDirectory();
    const contexts = [{ name: 'prod', context: { cluster: 'away', user: 'jane' } }];
    const clusters = [{ name: 'away', cluster: { server: 'https://away.example.dev' } }];
    expect(await load(directory, kubeconfig({ contexts, clusters }), 'prod')).toMatchObject({ server: 'https://away.example.dev' });
  });

  test('paths in it are relative to it', async () => {
    await using directory = await testDirectory();
    await directory.write('pki/ca.pem', 'CA');
    await directory.write('pki/cert.pem', 'CERT');
    const key = await directory.write('key.pem', 'KEY');
    const user = { 'client-certificate': 'pki/cert.pem', 'client-key': key };
    expect(await load(directory, kubeconfig({ cluster: { 'certificate-authority': 'pki/ca.pem' }, user }))).toMatchObject({
      ca: 'CA',
      clientCertificate: { cert: 'CERT', key: 'KEY' },
    });
  });

  test('data goes before a path', async () => {
    await using directory = await testDirectory();
    const cluster = { 'certificate-authority': 'missing.pem', 'certificate-authority-data': base64('CA') };
    expect(await load(directory, kubeconfig({ cluster }))).toMatchObject({ ca: 'CA' });
  });

  test('of several files the first to name something decides it, and paths stay relative to their own', async () => {
    await using directory = await testDirectory();
    await directory.write('two/token', 'from two');
    const first = await directory.write(
      'one/config',
      JSON.stringify({ 'current-context': 'dev', contexts: [{ name: 'dev', context: { cluster: 'home', user: 'joe' } }] }),
    );
    const users = [{ name: 'joe', user: { tokenFile: 'token' } }];
    const second = await directory.write('two/config', kubeconfig({ 'current-context': 'other', users }));
    const kubeconfigPath = [first, join(directory.path, 'missing'), second].join(delimiter);
    const connection = await loadConnection({ kubeconfigPath, clock: fakeClock(), environment: {} });
    expect(connection.server).toBe('https://example.dev:6443');
    expect(await connection.token?.()).toBe('from two');
  });

  test('given by path is used in a pod as well', async () => {
    await using directory = await testDirectory();
    const kubeconfigPath = await directory.write('config', kubeconfig());
    const environment = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
    expect(await loadConnection({ kubeconfigPath, environment, serviceAccountDirectory: directory.path })).toMatchObject({
      server: 'https://example.dev:6443',
    });
  });
});

describe('a user', () => {
  test('has a token', async () => {
    await using directory = await testDirectory();
    const { token } = await load(directory, kubeconfig({ user: { token: 't0ken' } }));
    expect(await token?.()).toBe('t0ken');
  });

  test('has a token file, which goes before a token, and is read again once a minute and when it was refused', async () => {
    await using directory = await testDirectory();
    const clock = fakeClock();
    await directory.write('token', 'one\n');
    const kubeconfigPath = await directory.write('config', kubeconfig({ user: { tokenFile: 'token', token: 'stale' } }));
    const { token } = await loadConnection({ kubeconfigPath, clock, environment: {} });
    expect(await token?.()).toBe('one');
    await directory.write('token', 'two\n');
    expect(await token?.()).toBe('one');
    await clock.advance(60_000);
    expect(await token?.()).toBe('two');
    await directory.write('token', 'three\n');
    expect(await token?.({ fresh: true })).toBe('three');
  });

  test('has nothing, and is nobody', async () => {
    await using directory = await testDirectory();
    const connection = await load(directory, kubeconfig());
    expect([connection.token, connection.clientCertificate]).toEqual([undefined, undefined]);
  });

  test.each([
    ['auth-provider', { name: 'gcp' }],
    ['username', 'jane'],
    ['password', 's3cret'],
    ['as', 'root'],
    ['as-uid', 'u1'],
    ['as-groups', ['system:masters']],
    ['as-user-extra', { scopes: ['x'] }],
  ])('that logs in by %s is not taken for somebody else', async (name, value) => {
    await using directory = await testDirectory();
    await expect(load(directory, kubeconfig({ user: { token: 't0ken', [name]: value } }))).rejects.toThrow(
      `its user logs in by '${name}', which is not supported`,
    );
  });

  test('may leave ways empty that are not supported', async () => {
    await using directory = await testDirectory();
    const user = { token: 't0ken', 'auth-provider': null, username: '', password: '', as: null, 'as-groups': [] };
    expect(await (await load(directory, kubeconfig({ user }))).token?.()).toBe('t0ken');
  });

  test.each([{ 'client-certificate-data': base64('CERT') }, { 'client-key-data': base64('KEY') }])(
    'with half a certificate has none (%j)',
    async (user) => {
      await using directory = await testDirectory();
      await expect(load(directory, kubeconfig({ user }))).rejects.toThrow(
        'its user has one of client certificate and key, but not the other',
      );
    },
  );
});

describe('what is wrong is said, with the file’s name and without its secrets', () => {
  const SECRET = 'hunter2-secret';

  test.each<[string, string, string]>([
    ['no YAML', `{"users": "${SECRET}`, 'it is not YAML'],
    ['a text', SECRET, 'it is not a kubeconfig'],
    ['nothing', '', 'it is not YAML'],
    ['no current context', kubeconfig({ 'current-context': '' }), 'it has no current context'],
    ['a context that is not there', kubeconfig({ 'current-context': 'prod' }), `it has no 'prod' among its contexts`],
    ['a name that objects have', kubeconfig({ 'current-context': 'toString' }), `it has no 'toString' among its contexts`],
    ['a cluster that is not there', kubeconfig({ clusters: [] }), `it has no 'home' among its clusters`],
    ['a user that is not there', kubeconfig({ users: null }), `it has no 'jane' among its users`],
    ['a context without a cluster', kubeconfig({ contexts: [{ name: 'dev' }] }), `it has no '' among its clusters`],
    ['clusters that are no list', kubeconfig({ clusters: { home: SECRET } }), `'clusters' is not a list`],
    ['an entry without a name', kubeconfig({ users: [{ user: { token: SECRET } }] }), `'users' has an entry without a name`],
    ['an entry that is none', kubeconfig({ users: [SECRET] }), `'users' has an entry without a name`],
    ['a server that is no URL', kubeconfig({ cluster: { server: 'example' } }), `its cluster's 'server' is not a URL`],
    ['no server', kubeconfig({ cluster: { server: '' } }), `its cluster's 'server' is not a URL`],
    ['a token that is no text', kubeconfig({ user: { token: [SECRET] } }), `'token' is not a text`],
    ['a proxy', kubeconfig({ cluster: { 'proxy-url': `http://u:${SECRET}@p` } }), 'its cluster is behind a proxy, which is not supported'],
    ['a missing certificate', kubeconfig({ cluster: { 'certificate-authority': 'nowhere.pem' } }), 'ENOENT'],
  ])('%s', async (_what, content, message) => {
    await using directory = await testDirectory();
    const error = await load(directory, content).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(`failed to use kubeconfig '${join(directory.path, 'config')}': `);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain(SECRET);
  });

  test('none of the files', async () => {
    await using directory = await testDirectory();
    const kubeconfigPath = ['one', 'two'].map((name) => join(directory.path, name)).join(delimiter);
    await expect(loadConnection({ kubeconfigPath, environment: {} })).rejects.toThrow(/one', '.*two': ENOENT/);
  });
});
