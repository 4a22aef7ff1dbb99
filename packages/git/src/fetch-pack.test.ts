import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { anonymously, never, type Script, scriptedServer, startGitServer, type TestRepository } from '../test/git-server.ts';
import { idOf, packOf } from '../test/pack.ts';
import type { RemoteConnection } from './connection.ts';
import { fetchPack } from './fetch-pack.ts';
import { readPack } from './pack/open-pack.ts';
import { FLUSH, renderPacket } from './protocol/pkt-line.ts';
import { filesOf, treeOf } from './tree/files.ts';

const MIB = 1024 * 1024;
const LIMITS = { maxObjects: 10_000, maxObjectBytes: MIB, maxTotalBytes: 64 * MIB };
const COMMIT = 'c'.repeat(40);

async function fetched(remote: RemoteConnection, commit: string, { signal = never(), maxBytes = 16 * MIB } = {}): Promise<Buffer> {
  return Buffer.concat(await Readable.from(fetchPack(remote, commit, { signal, maxBytes })).toArray());
}

const packet = (band: number, content: string | Buffer): Buffer => {
  const bytes = Buffer.concat([Buffer.from([band]), Buffer.from(content)]);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
};

/** What comes of an answer with these parts. */
async function answered(parts: readonly (string | Buffer)[], options: { readonly maxBytes?: number } = {}): Promise<Buffer> {
  const command: Script['command'] = (response) => response.end(Buffer.concat(parts.map((part) => Buffer.from(part))));
  await using scripted = await scriptedServer({ command });
  return await fetched(scripted.remote, COMMIT, options);
}

describe('a commit of a real server', () => {
  test('comes whole and without its history', async () => {
    await using server = await startGitServer();
    const repository = await server.createRepository('app');
    await repository.commit('first', { old: 'gone' });
    const commit = await repository.commit('second', { old: null, 'a/b.yaml': 'x: 1', 'run.sh': '#!/bin/sh' });
    await using remote = anonymously(repository.url);

    const store = readPack(await fetched(remote, commit), LIMITS);

    expect([...filesOf(store, treeOf(store, commit))].map(({ path }) => path)).toEqual(['a/b.yaml', 'run.sh']);
    expect(store.has(idOf('blob', 'gone'))).toBe(false);
  });

  test('is fetched although it is on no branch any more', async () => {
    await using server = await startGitServer();
    const repository = await server.createRepository('app');
    const first = await repository.commit('first', { a: '1' });
    await repository.git('tag', 'keep');
    await repository.git('push', '--quiet', 'origin', 'keep');
    await repository.git('reset', '--quiet', '--hard', 'keep');
    await repository.commit('second', { a: '2' });
    await using remote = anonymously(repository.url);

    expect(readPack(await fetched(remote, first), LIMITS).has(first)).toBe(true);
  });

  test('that it does not have is an error of that kind', async () => {
    await using server = await startGitServer();
    const repository = await server.createRepository('app');
    await repository.commit('first', { a: '1' });
    await using remote = anonymously(repository.url);

    await expect(fetched(remote, 'd'.repeat(40))).rejects.toMatchObject({ name: 'GitError', kind: 'reference-not-found' });
  });

  test('comes from where the repository moved to', async () => {
    await using server = await startGitServer({
      intercept: (request, response) => {
        if (request.url?.startsWith('/old.git') !== true) return false;
        request.resume();
        response.writeHead(301, { location: request.url.replace('/old', '/new') }).end();
        return true;
      },
    });
    const commit = await (await server.createRepository('new')).commit('first', { a: '1' });
    await using remote = anonymously(`${server.url}/old.git`);

    expect(readPack(await fetched(remote, commit), LIMITS).has(commit)).toBe(true);
  });
});

describe('an answer', () => {
  const pack = packOf([]);

  test('is the first band alone: progress and empty packets are passed over', async () => {
    const sections = [renderPacket('shallow-info'), renderPacket(`shallow ${COMMIT}`), '0001', renderPacket('packfile')];
    const parts = [packet(1, pack.subarray(0, 5)), packet(2, 'counting\r'), packet(1, ''), packet(1, pack.subarray(5)), FLUSH];

    expect(await answered([...sections, ...parts])).toEqual(pack);
  });

  test.each([
    ['nothing', []],
    ['no pack', [renderPacket('acknowledgments'), FLUSH]],
    ['a pack without a band', [renderPacket('packfile'), packet(0x50, 'ACK')]],
    ['an empty packet in the pack', [renderPacket('packfile'), '0004']],
    ['HTML', ['<html>']],
    ['half a packet', [renderPacket('packfile'), '0010']],
  ])('with %s is refused', async (_, parts) => {
    await expect(answered(parts)).rejects.toMatchObject({ name: 'GitError', kind: 'protocol' });
  });

  test.each([
    ['ERR upload-pack: not our ref', 'reference-not-found'],
    ['ERR Server does not allow request for unadvertised object', 'reference-not-found'],
    ['ERR access denied', 'protocol'],
  ])('of %j is the kind of error %s', async (line, kind) => {
    await expect(answered([renderPacket(line), FLUSH])).rejects.toMatchObject({ kind });
  });

  test('that breaks off with words on the error band is an error with these words, shortened and without credentials', async () => {
    const broken = (words: string) => answered([renderPacket('packfile'), packet(1, 'PACK'), packet(3, words)]);

    await expect(broken('out of disk\n')).rejects.toMatchObject({ kind: 'protocol', message: expect.stringMatching(/: out of disk$/) });
    await expect(broken('x'.repeat(5_000))).rejects.toMatchObject({ message: expect.stringMatching(/^.{1,300}$/) });
    // Also when the limit cuts through them.
    await expect(broken(`${'x'.repeat(184)} https://u:CANARY@host`)).rejects.toMatchObject({ message: expect.not.stringContaining('CAN') });
    await expect(broken('no https://u:CANARY@host')).rejects.toMatchObject({ message: expect.not.stringContaining('CANARY') });
  });

  test('beyond the limit is cut off, also when it is progress alone', async () => {
    const chatter = Buffer.concat(Array.from({ length: 1_000 }, () => packet(2, 'x'.repeat(1_000))));

    await expect(answered([renderPacket('packfile'), chatter], { maxBytes: 100_000 })).rejects.toMatchObject({ kind: 'too-large' });
  });
});

test('an aborted fetch ends with the reason of its signal, in the middle of a pack', async () => {
  const abort = new AbortController();
  const reason = new Error('overtaken');
  await using scripted = await scriptedServer({ command: (response) => response.write(`${renderPacket('packfile')}${packet(1, 'PACK')}`) });
  const pack = fetchPack(scripted.remote, COMMIT, { signal: abort.signal, maxBytes: MIB });

  expect(await pack.next()).toMatchObject({ done: false });
  abort.abort(reason);

  await expect(pack.next()).rejects.toBe(reason);
});

test('every file of a large repository with history is, byte for byte and mode for mode, what git archive makes of it', {
  timeout: 60_000,
}, async () => {
  await using server = await startGitServer();
  const repository = await server.createRepository('large');
  // Alike from file to file and from commit to commit, so that Git stores deltas.
  const manifest = (index: number, round: number) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-${index}\ndata:\n${Array.from(
      { length: 60 },
      (_, line) =>
        `  key-${line}: "${createHash('md5')
          .update(`${line % 7 === index % 7 ? round : 0}/${line}`)
          .digest('hex')}"\n`,
    ).join('')}`;
  const names = Array.from({ length: 300 }, (_, index) => `team-${index % 12}/deep/er/app ${index}/größe-${index}.yaml`);
  for (let round = 0; round < 4; round++) {
    const files = Object.fromEntries(names.map((name, index) => [name, manifest(index, round)]));
    await repository.commit(`round ${round}`, {
      ...files,
      link: { linkTo: 'team-1' },
      'empty.txt': '',
      'bytes.bin': Buffer.from(names.map((_, index) => (index * 31) % 256)),
    });
  }
  await repository.git('update-index', '--chmod=+x', 'empty.txt', names[7] ?? '');
  await repository.git('commit', '--quiet', '-m', 'executable');
  await repository.git('push', '--quiet', 'origin', 'HEAD:refs/heads/main');
  await repository.git('--git-dir', repository.directory, 'repack', '-adfq', '--depth=50', '--window=50');
  const commit = await repository.git('rev-parse', 'HEAD');
  await using remote = anonymously(repository.url);

  const pack = await fetched(remote, commit);
  const store = readPack(pack, LIMITS);
  const ours = [...filesOf(store, treeOf(store, commit))].map(
    ({ path, executable, content }) => `${path} ${executable} ${idOf('blob', content)}`,
  );

  expect(ours.sort()).toEqual([...(await archivedByGit(repository))].sort());
  expect(ours).toHaveLength(302);
  // Far less than the files have: there are deltas in it.
  expect(pack.length).toBeLessThan(names.length * 600);
});

/** The regular files that `git archive` puts into a tar, as `tar` takes them out of it. */
async function archivedByGit({ directory, git }: TestRepository): Promise<readonly string[]> {
  const out = join(directory, 'archived');
  await mkdir(out);
  await git('archive', '--output', join(directory, 'archive.tar'), 'HEAD');
  await promisify(execFile)('tar', ['-xpf', join(directory, 'archive.tar'), '-C', out]);
  const entries = await readdir(out, { recursive: true, withFileTypes: true });
  return await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const file = join(parentPath, name);
        const { mode } = await stat(file);
        return `${relative(out, file)} ${(mode & 0o100) !== 0} ${idOf('blob', await readFile(file))}`;
      }),
  );
}
