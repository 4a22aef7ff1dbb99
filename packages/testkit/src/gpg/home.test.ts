import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { startGitServer } from '../git/server.ts';
import { sshSigner } from '../git/signer.ts';
import { processesIn } from '../programs/processes-in.ts';
import { makeSshKey } from '../ssh/key.ts';
import { createGpgHome } from './home.ts';

const execute = promisify(execFile);

/** What gpg says, which knows nothing but these keys, of a detached signature. */
async function verdict(keys: string, { content, signature }: { readonly content: string; readonly signature: string }): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-verify-'));
  const env = { PATH: process.env.PATH, GNUPGHOME: directory, LC_ALL: 'C' };
  try {
    await writeFile(join(directory, 'keys'), keys);
    await writeFile(join(directory, 'content'), content);
    await writeFile(join(directory, 'signature'), signature);
    await execute('gpg', ['--batch', '--quiet', '--no-autostart', '--import', 'keys'], { cwd: directory, env });
    const args = ['--batch', '--no-autostart', '--status-fd', '1', '--verify', 'signature', 'content'];
    const { stdout } = await execute('gpg', args, { cwd: directory, env }).catch((error: { readonly stdout: string }) => error);
    return /\[GNUPG:\] ((?:GOOD|BAD|EXPKEY|REVKEY|ERR)SIG)/.exec(stdout)?.[1] ?? stdout;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test('keys of every kind sign, and gpg with their public halves alone agrees', async () => {
  await using home = await createGpgHome();
  const content = 'what is signed';
  const keys = {
    rsa: await home.makeKey({ type: 'rsa' }),
    subkey: await home.makeKey({ type: 'ed25519', signingSubkey: true }),
    expiring: await home.makeKey({ type: 'ed25519', expiresInSeconds: 3600 }),
  };
  expect(keys.subkey.signingFingerprint).not.toBe(keys.subkey.fingerprint);

  for (const key of Object.values(keys)) {
    const signature = await home.sign(content, { key });
    expect(await verdict(await home.exportPublicKeys(key), { content, signature })).toBe('GOODSIG');
    expect(await verdict(await home.exportPublicKeys(key), { content: 'another', signature })).toBe('BADSIG');
  }
});

test('a key can have expired, and have signed before that', async () => {
  await using home = await createGpgHome();
  const createdAt = new Date('2020-01-01T00:00:00Z');
  const key = await home.makeKey({ type: 'ed25519', createdAt, expiresInSeconds: 86_400 });

  const signature = await home.sign('old', { key, at: new Date('2020-01-01T12:00:00Z') });

  expect(await verdict(await home.exportPublicKeys(key), { content: 'old', signature })).toBe('EXPKEYSIG');
  await expect(home.sign('new', { key })).rejects.toThrow('Unusable secret key');
});

test('a key can be revoked', async () => {
  await using home = await createGpgHome();
  const key = await home.makeKey({ type: 'ed25519' });
  const signature = await home.sign('old', { key });

  await home.revoke(key);

  expect(await verdict(await home.exportPublicKeys(key), { content: 'old', signature })).toBe('REVKEYSIG');
});

test('Git signs commits and tags with OpenPGP and SSH keys', async () => {
  await using server = await startGitServer();
  await using home = await createGpgHome();
  const sshKey = await makeSshKey({ type: 'ed25519' });
  await using ssh = await sshSigner(sshKey);
  const openpgp = await home.signer(await home.makeKey({ type: 'ed25519' }));
  const repository = await server.createRepository('app');

  const commit = await repository.commit('signed', { 'a.txt': 'a' }, { signer: openpgp });
  await repository.tag('v1', { signer: openpgp });
  await repository.commit('signed too', { 'a.txt': 'b' }, { signer: ssh });
  await repository.tag('v2', { signer: ssh });

  expect(await repository.git('cat-file', '-p', commit)).toContain('gpgsig -----BEGIN PGP SIGNATURE-----');
  expect(await repository.git('cat-file', '-p', 'v1')).toContain('-----BEGIN PGP SIGNATURE-----');
  expect(await repository.git('cat-file', '-p', 'main')).toContain('gpgsig -----BEGIN SSH SIGNATURE-----');
  expect(await repository.git('cat-file', '-p', 'v2')).toContain('-----BEGIN SSH SIGNATURE-----');
  const signers = join(home.directory, 'allowed');
  await writeFile(signers, `developer@example.com ${sshKey.publicKey}\n`);
  await repository.git('-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', 'main');
  await repository.git('-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-tag', 'v2');
});

test('its agent and its directory go with it', async () => {
  const home = await createGpgHome();
  await home.makeKey({ type: 'ed25519' });
  expect(await processesIn(home.directory)).toContainEqual(expect.stringContaining('gpg-agent'));

  await home[Symbol.asyncDispose]();

  expect(existsSync(home.directory)).toBe(false);
  await eventually(async () => expect(await processesIn(home.directory)).toEqual([]));
});
