import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSshKey, type SshKey, type SshServer, startSshServer, type TestRepository } from '@gotk/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listed, never } from '../../../test/git-server.ts';
import { connect } from '../../connection.ts';
import { fetchPack } from '../../fetch-pack.ts';
import { renderRevision, resolveReference } from '../../reference.ts';

const MIB = 1024 * 1024;
const VERSIONS = [
  ['version 2', []],
  // As a server does that has no `AcceptEnv GIT_PROTOCOL`: most have not.
  ['version 0, for want of the environment', ['SetEnv GIT_PROTOCOL=version=0 GIT_CONFIG_GLOBAL=/dev/null']],
] as const;

/** The objects of a pack, as Git reads it. */
async function objectsIn(pack: AsyncIterable<Buffer>, { git, directory }: TestRepository): Promise<readonly string[]> {
  const file = join(directory, `fetched-${randomUUID()}.pack`);
  await writeFile(file, pack);
  await git('index-pack', file);
  return (await git('verify-pack', '-v', file.replace(/pack$/, 'idx')))
    .split('\n')
    .flatMap((line) => /^([0-9a-f]{40}) /.exec(line)?.[1] ?? []);
}

describe.each(VERSIONS)('over SSH by protocol %s', (_, config) => {
  let server: SshServer;
  let repository: TestRepository;
  let key: SshKey;
  const commits: Record<string, string> = {};

  beforeAll(async () => {
    key = await makeSshKey({ type: 'ed25519' });
    server = await startSshServer({ authorizedKeys: [key.publicKey], config });
    repository = await server.createRepository("it's an app!");
    commits.first = await repository.commit('first', { 'a.txt': '1', 'gone.txt': 'gone' });
    commits.tagged = await repository.commit('tagged', { 'a.txt': '1.5' });
    await repository.tag('v1.0.0', { annotated: true });
    commits.second = await repository.commit('second', { 'a.txt': '2', 'gone.txt': null });
    await repository.tag('v1.1.0');
    commits.side = await repository.commit('side', { 'b.txt': '3' }, { branch: 'side' });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const remote = () =>
    connect(
      { url: new URL(repository.url), access: { username: server.user, identity: key.privateKey, knownHosts: server.knownHosts.hashed } },
      { reach: 'anywhere' },
    );

  test('references are found', async () => {
    await using it = remote();

    const revisions: string[] = [];
    for (const spec of [{ branch: 'main' }, { tag: 'v1.0.0' }, { semver: '1.x' }, { name: 'HEAD' }])
      revisions.push(renderRevision(await resolveReference(it, spec, never())));

    expect(revisions).toEqual([
      `main@sha1:${commits.second}`,
      `v1.0.0@sha1:${commits.tagged}`,
      `v1.1.0@sha1:${commits.second}`,
      `HEAD@sha1:${commits.second}`,
    ]);
  });

  test('a reference is found and its commit fetched over one connection', async () => {
    const before = server.connections;
    await using it = remote();

    const { commit } = await resolveReference(it, { branch: 'main' }, never());
    const objects = await objectsIn(fetchPack(it, commit, { signal: never(), maxBytes: MIB }), repository);

    expect(objects).toContain(commits.second);
    expect(objects).not.toContain(commits.first);
    expect(it.sendsAny).toBe(config.length === 0);
    expect(server.connections).toBe(before + 1);
  });

  test.each([{ branch: 'main' }, {}])(
    'a commit that no reference leads to directly is fetched, with the history of %j if it has to be',
    async (options) => {
      await using it = remote();

      const objects = await objectsIn(fetchPack(it, commits.first ?? '', { signal: never(), maxBytes: MIB, ...options }), repository);

      expect(objects).toContain(commits.first);
      // Version 0 sends nothing but what its references lead to, so it has to be asked for those.
      expect(objects.includes(commits.second ?? '')).toBe(config.length > 0);
      expect(objects.includes(commits.side ?? '')).toBe(config.length > 0 && options.branch === undefined);
    },
  );

  test('after an answer that was too large, or was not heard out, the next question is asked anew', async () => {
    await using it = remote();
    const pack = it.fetch({ wants: [commits.second ?? ''], depth: 1 }, { signal: never(), maxBytes: 10 });

    await expect(pack.next()).rejects.toMatchObject({ kind: 'too-large' });
    for await (const _ of it.listRefs([], never())) break;

    expect((await listed(it, ['refs/heads/'])).size).toBe(2);
  });

  test('a repository without references is told from a wrong name', async () => {
    const empty = await server.createRepository(`empty-${randomUUID()}`);
    const access = { username: server.user, identity: key.privateKey, knownHosts: server.knownHosts.plain };
    await using it = connect({ url: new URL(empty.url), access });

    await expect(resolveReference(it, { branch: 'main' }, never())).rejects.toMatchObject({ kind: 'empty-repository' });
  });

  test('a commit that is not there is an error of that kind', async () => {
    await using it = remote();
    const pack = fetchPack(it, 'd'.repeat(40), { signal: never(), maxBytes: MIB, branch: 'missing' });

    await expect(pack.next()).rejects.toMatchObject({ name: 'GitError', kind: 'reference-not-found' });
    // The connection is still good.
    expect((await listed(it, ['refs/heads/'])).size).toBe(2);
  });

  test('a repository that is not there is an error of that kind', async () => {
    const url = new URL(`${repository.url}-missing`);
    await using it = connect({ url, access: { username: server.user, identity: key.privateKey, knownHosts: server.knownHosts.plain } });

    await expect(it.handshake(never())).rejects.toMatchObject({ name: 'GitError', kind: 'not-found' });
  });
});
