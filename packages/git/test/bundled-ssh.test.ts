import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeSshKey, startSshServer } from '@gotk/testkit';
import { expect, test } from 'vitest';

const repositoryRoot = join(import.meta.dirname, '../../..');

/** The scripts are no package that a test could depend on. */
const { bundleProgram } = (await import(join(repositoryRoot, 'scripts/bundle/bundle-program.ts'))) as {
  bundleProgram(directory: string, out: string): Promise<{ readonly bytes: number }>;
};

const MAIN = `
  import { connect, fetchPack, resolveReference } from '@gotk/git';
  const [url = '', identity = '', passphrase = '', knownHosts = ''] = process.argv.slice(2);
  await using remote = connect({ url: new URL(url), access: { username: new URL(url).username, identity, passphrase, knownHosts } });
  const signal = AbortSignal.timeout(20_000);
  const { commit } = await resolveReference(remote, { branch: 'main' }, signal);
  let bytes = 0;
  for await (const chunk of fetchPack(remote, commit, { signal, maxBytes: 1_000_000 })) bytes += chunk.length;
  console.log(commit, bytes > 100);
`;

test('a controller in one file, far from any package, fetches over SSH with an encrypted key', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bundled-ssh-'));
  const key = await makeSshKey({ type: 'ed25519', passphrase: 'a phrase' });
  await using server = await startSshServer({ authorizedKeys: [key.publicKey] });
  const repository = await server.createRepository('app');
  const commit = await repository.commit('first', { 'a.txt': 'a' });
  await mkdir(join(directory, 'in/src'), { recursive: true });
  await mkdir(join(directory, 'in/node_modules/@gotk'), { recursive: true });
  await symlink(join(repositoryRoot, 'packages/git'), join(directory, 'in/node_modules/@gotk/git'));
  await writeFile(join(directory, 'in/package.json'), JSON.stringify({ name: 'small', version: '0.0.0', type: 'module' }));
  await writeFile(join(directory, 'in/src/main.ts'), MAIN);

  await bundleProgram(join(directory, 'in'), join(directory, 'out'));
  await rm(join(directory, 'in'), { recursive: true });
  const program = join(directory, 'out/main.js');
  const args = [program, repository.url, key.privateKey, 'a phrase', server.knownHosts.hashed];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: '/', timeout: 30_000 });

  await rm(directory, { recursive: true });
  expect(stdout).toBe(`${commit} true\n`);
});
