import { join } from 'node:path';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { type TestDirectory, testDirectory } from '../../test/directory.ts';
import { execLogin } from './exec-login.ts';

const apiVersion = 'client.authentication.k8s.io/v1';
const credential = (status: unknown) => JSON.stringify({ apiVersion, kind: 'ExecCredential', status });

/** A plugin that counts its runs and prints what the script says. */
async function plugin(directory: TestDirectory, script: string): Promise<string> {
  const runs = join(directory.path, 'runs');
  return directory.write('bin/login', `#!/bin/sh\necho run >> '${runs}'\n${script}\n`, 0o700);
}
const printing = (text: string) => `cat <<'END'\n${text}\nEND`;

async function logIn(directory: TestDirectory, script: string, exec: Readonly<Record<string, unknown>> = {}) {
  const clock = fakeClock();
  const command = await plugin(directory, script);
  const cluster = { server: 'https://example.dev', 'certificate-authority-data': 'Q0E=', 'proxy-url': 'http://p' };
  const login = await execLogin({ exec: { apiVersion, command, ...exec }, cluster, directory: directory.path }, clock);
  return { clock, login };
}

describe('a plugin', () => {
  test('gives a token', async () => {
    await using directory = await testDirectory();
    const { login } = await logIn(directory, printing(credential({ token: 't0ken' })));
    expect(await login.token?.()).toBe('t0ken');
    expect(login.clientCertificate).toBeUndefined();
  });

  test('gives a certificate', async () => {
    await using directory = await testDirectory();
    const { login } = await logIn(directory, printing(credential({ clientCertificateData: 'CERT', clientKeyData: 'KEY' })));
    expect(login.clientCertificate).toEqual({ cert: 'CERT', key: 'KEY' });
    expect(await login.token?.()).toBeUndefined();
  });

  test('runs again a minute before its credentials end, and when they were refused', async () => {
    await using directory = await testDirectory();
    const runs = `$(wc -l < '${join(directory.path, 'runs')}' | tr -d ' ')`;
    const status = `{"token":"token-${runs}","expirationTimestamp":"2026-01-02T03:14:05.600Z"}`;
    const { clock, login } = await logIn(
      directory,
      `cat <<END\n{"apiVersion":"${apiVersion}","kind":"ExecCredential","status":${status}}\nEND`,
    );
    await clock.advance(539_999);
    expect(await login.token?.()).toBe('token-1');
    await clock.advance(1);
    expect(await login.token?.()).toBe('token-2');
    expect(await login.token?.({ fresh: true })).toBe('token-3');
  });

  test('has its arguments, its variables beside ours, and no input', async () => {
    await using directory = await testDirectory();
    const script = `token="$1,$2,$FROM_US,$(test -n "$PATH" && echo path),$(cat)"\n${`cat <<END\n${credential({ token: '$token' })}\nEND`}`;
    const { login } = await logIn(directory, script, { args: ['a b', 7], env: [{ name: 'FROM_US', value: '$HOME' }, { name: '' }, 'odd'] });
    expect(await login.token?.()).toBe('a b,7,$HOME,path,');
  });

  test('is told which version to answer in, and of the cluster what it may know', async () => {
    await using directory = await testDirectory();
    const info = join(directory.path, 'info');
    const script = `printf %s "$KUBERNETES_EXEC_INFO" > '${info}'\n${printing(credential({ token: 'x' }))}`;
    const read = async () => JSON.parse(await (await import('node:fs/promises')).readFile(info, 'utf8')) as unknown;
    await logIn(directory, script);
    expect(await read()).toEqual({ apiVersion, kind: 'ExecCredential', spec: { interactive: false } });
    await logIn(directory, script, { provideClusterInfo: true });
    expect(await read()).toMatchObject({ spec: { cluster: { server: 'https://example.dev', 'certificate-authority-data': 'Q0E=' } } });
  });

  test('with a slash in its name is beside the kubeconfig', async () => {
    await using directory = await testDirectory();
    const { login } = await logIn(directory, printing(credential({ token: 't0ken' })), { command: './bin/login' });
    expect(await login.token?.()).toBe('t0ken');
  });

  test('is not needed to be of the newest version', async () => {
    await using directory = await testDirectory();
    const beta = 'client.authentication.k8s.io/v1beta1';
    const answer = JSON.stringify({ apiVersion: beta, kind: 'ExecCredential', status: { token: 't0ken' } });
    const { login } = await logIn(directory, printing(answer), { apiVersion: beta });
    expect(await login.token?.()).toBe('t0ken');
  });
});

describe('a plugin that does not give what it should', () => {
  const SECRET = 'hunter2-secret';
  const notOne = `its answer is not an ExecCredential of '${apiVersion}'`;

  test.each([
    ['fails', `echo ${SECRET}; exit 3`, 'exit code 3'],
    ['is killed', `kill -TERM $$`, 'it was ended by SIGTERM'],
    ['prints no JSON', `echo ${SECRET}`, notOne],
    ['prints nothing', 'true', notOne],
    ['prints another version', printing(credential({ token: SECRET }).replace('v1', 'v9')), notOne],
    ['prints another kind', printing(credential({ token: SECRET }).replace('ExecCredential', 'Secret')), notOne],
    ['prints no status', printing(JSON.stringify({ apiVersion, kind: 'ExecCredential' })), notOne],
    ['gives a token that is no text', printing(credential({ token: [SECRET] })), `'token' is not a text`],
    ['prints without end', 'yes 2> /dev/null', 'it printed more than 1048576 bytes'],
  ])('%s', async (_what, script, message) => {
    await using directory = await testDirectory();
    const error = await logIn(directory, script).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain(SECRET);
  });

  test('gives half a certificate', async () => {
    await using directory = await testDirectory();
    const script = printing(credential({ clientCertificateData: 'CERT' }));
    await expect(logIn(directory, script)).rejects.toThrow('one of client certificate and key, but not the other');
  });

  test('gives nothing at all', async () => {
    await using directory = await testDirectory();
    await expect(logIn(directory, printing(credential({})))).rejects.toThrow('neither token nor certificate');
  });

  test('is not there', async () => {
    await using directory = await testDirectory();
    await expect(logIn(directory, 'true', { command: 'no-such-program-anywhere' })).rejects.toThrow(
      `failed to log in by 'no-such-program-anywhere': ENOENT`,
    );
  });
});

test.each<[string, unknown, string]>([
  ['is no object', 'login', `its user's 'exec' is not an object`],
  ['has no command', { apiVersion }, `its user's 'exec' has no command`],
  ['has no version', { command: 'login' }, `with version '', which is not supported`],
  ['has a version of its own', { command: 'login', apiVersion: 'v1alpha1' }, `with version 'v1alpha1', which is not supported`],
  ['wants a terminal', { command: 'login', apiVersion, interactiveMode: 'Always' }, 'which wants a terminal'],
  ['has a list for an argument', { apiVersion, command: 'login', args: [['x']] }, 'an argument that is not a text'],
  ['has arguments that are no list', { command: 'login', apiVersion, args: 'x' }, `'args' is not a list`],
])('an exec entry that %s is refused', async (_what, exec, message) => {
  await expect(execLogin({ exec, cluster: {}, directory: '/' }, fakeClock())).rejects.toThrow(message);
});
