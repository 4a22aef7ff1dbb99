import { writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gitRepositories } from '@gotk/api';
import type { TestRepository } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { filesOf } from './artifact-files.ts';
import { lookedAt } from './git-manifests.ts';
import { answerWithPack, blobEntry, copies, deltaEntry, PACKFILE, packOf, sideBand } from './hostile-pack.ts';
import { condition, failsWith, isReady, type Testbed, testbed } from './testbed.ts';

/** A real Git server, until it is told to answer fetches by itself. */
async function turningServer(bed: Testbed) {
  let answerFetch: ((response: ServerResponse) => void) | undefined;
  const server = await bed.git({
    intercept(request, response) {
      if (request.method !== 'POST' || answerFetch === undefined) return false;
      const answer = answerFetch;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (Buffer.concat(chunks).includes('command=fetch')) answer(response);
        // A listing: as the one commit that there is, and another than before.
        else
          response
            .writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' })
            .end(`003d${'1'.repeat(40)} refs/heads/main\n0000`);
      });
      return true;
    },
  });
  const repository = await server.createRepository('repo');
  await repository.commit('first', { 'a.yaml': 'a: 1\n' });
  return {
    server,
    repository,
    turn: (answer: (response: ServerResponse) => void) => {
      answerFetch = answer;
    },
  };
}

describe('A15: what a server makes up is refused with the limit named, and the last good artifact stays', () => {
  const base = blobEntry(Buffer.alloc(1024 * 1024, 'x'));
  test.for<[string, () => Buffer, RegExp]>([
    ['2³²−1 objects', () => packOf([], 2 ** 32 - 1), /4294967295 objects, more than the 1000000/],
    [
      'a delta to 2³¹−1 bytes',
      () => packOf([base, deltaEntry(base.length, copies(1024 * 1024, 1, 2 ** 31 - 1))]),
      /larger than 104857600 bytes/,
    ],
    [
      'gigabytes by deltas on one object',
      () => {
        const delta = copies(1024 * 1024, 90);
        const entries: Buffer[] = [base];
        let back = base.length;
        for (let each = 0; each < 20; each++) {
          const entry = deltaEntry(back, delta);
          entries.push(entry);
          back += entry.length;
        }
        return packOf(entries);
      },
      /larger than 1073741824 bytes/,
    ],
    ['what is no pack', () => Buffer.from('<html>not found</html>'), /no Git pack/],
  ])('%s', async ([, pack, message]) => {
    await using bed = await testbed();
    const { repository, turn } = await turningServer(bed);
    await bed.gitRepository('repo', { url: repository.url });
    const good = await bed.source('repo', isReady);
    turn((response) => answerWithPack(response, pack()));
    const failed = await lookedAt(bed, 'repo');
    expect(failed).toSatisfy(failsWith('GitOperationFailed'));
    expect(condition(failed, 'FetchFailed')).toMatchObject({
      status: 'True',
      reason: 'GitOperationFailed',
      message: expect.stringMatching(message),
    });
    expect(condition(failed, 'StorageOperationFailed')).toBeUndefined();
    expect(failed.status?.artifact).toEqual(good.status?.artifact);
    expect((await fetch(good.status?.artifact?.url ?? '')).status).toBe(200);
  });
});

test('A26: a .sourceignore of more than a mebibyte is refused, by its name and the limit, and the last artifact stays', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': 'a: 1\n' });
  await bed.gitRepository('repo', { url: repository.url });
  const good = await bed.source('repo', isReady);
  await repository.commit('second', { 'a.yaml': 'a: 2\n', 'deep/.sourceignore': '#'.repeat(1_048_577) });
  const failed = await lookedAt(bed, 'repo');
  expect(failed).toSatisfy(failsWith('ArchiveOperationFailed'));
  expect(condition(failed, 'StorageOperationFailed')).toMatchObject({
    status: 'True',
    reason: 'ArchiveOperationFailed',
    message: expect.stringContaining("'deep/.sourceignore' is larger than 1048576 bytes"),
  });
  expect(failed.status?.artifact).toEqual(good.status?.artifact);
  expect((await fetch(good.status?.artifact?.url ?? '')).status).toBe(200);
});

describe('a server that takes for ever is given up at spec.timeout, and others go on', () => {
  test.for<[string, (response: ServerResponse) => void]>([
    ['that never answers', () => undefined],
    [
      'that sends a little now and then',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
        response.write(PACKFILE);
        const timer = setInterval(() => response.write(sideBand(Buffer.alloc(10))), 20);
        response.once('close', () => clearInterval(timer));
      },
    ],
  ])('%s', async ([, answer]) => {
    await using bed = await testbed();
    const { repository, turn } = await turningServer(bed);
    const healthy = await bed.repository({ 'a.yaml': 'a: 1\n' });
    let closed = 0;
    turn((response) => {
      response.once('close', () => closed++);
      answer(response);
    });
    // More than run at once.
    const names = ['one', 'two', 'three', 'four'];
    const since = performance.now();
    for (const name of names) await bed.gitRepository(name, { url: repository.url, timeout: '1s', ignore: name });
    await bed.gitRepository('healthy', { url: healthy.url });
    for (const name of names) {
      const failed = await bed.source(name, failsWith('GitOperationFailed'));
      expect(condition(failed, 'FetchFailed')?.message).toMatch(/timed out after 1000 ms/);
    }
    await bed.source('healthy', isReady);
    expect(performance.now() - since).toBeGreaterThan(1_000);
    await expect.poll(() => closed, { timeout: 20_000 }).toBeGreaterThanOrEqual(names.length);
    for (const name of names) await bed.client.delete(gitRepositories, { namespace: bed.namespace, name }, { signal: bed.signal });
  });
});

/** Pushes a commit with a tree that the git program itself would not make. */
async function pushTree(repository: TestRepository, branch: string, names: readonly string[]): Promise<void> {
  const blob = Buffer.from(await repository.git('rev-parse', 'HEAD:a.yaml'), 'hex');
  const file = join(repository.directory, 'hostile-tree');
  await writeFile(file, Buffer.concat(names.map((name) => Buffer.concat([Buffer.from(`100644 ${name}\0`), blob]))));
  const tree = await repository.git('hash-object', '-t', 'tree', '-w', '--literally', file);
  const commit = await repository.git('commit-tree', '-m', 'hostile', tree);
  await repository.git('push', '--quiet', '--no-verify', 'origin', `${commit}:refs/heads/${branch}`);
}

describe('A17: names that mean something to Git or to a file system are refused, escaped, and nothing is stored', () => {
  test.for([['..'], ['.git'], ['.GIT'], ['git~1'], ['a/b'], ['same', 'same'], ['.g\u200cit'], ['a\nb/../c']])('%j', async (names) => {
    await using bed = await testbed();
    const repository = await bed.repository({ 'a.yaml': 'a: 1\n' });
    await pushTree(repository, 'hostile', names);
    await bed.gitRepository('repo', { url: repository.url, ref: { branch: 'hostile' } });
    const failed = await bed.source('repo', failsWith('GitOperationFailed'));
    expect(condition(failed, 'FetchFailed')).toMatchObject({ status: 'True', reason: 'GitOperationFailed' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there.
    expect(condition(failed, 'Ready')?.message).not.toMatch(/[\u0000-\u001f]/);
    expect(failed.status?.artifact).toBeUndefined();
  });

  test('names that differ by case alone are different files', async () => {
    await using bed = await testbed();
    const repository = await bed.repository({ 'a.yaml': 'a: 1\n' });
    await pushTree(repository, 'cases', ['A.yaml', 'a.yaml']);
    await bed.gitRepository('repo', { url: repository.url, ref: { branch: 'cases' } });
    const stored = await bed.source('repo', isReady);
    expect(Object.keys(await filesOf(stored.status?.artifact))).toEqual(['A.yaml', 'a.yaml']);
  });
});
