import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anonymously, type GitServer, listed, never, scriptedServer, startGitServer, type TestRepository } from '../../test/git-server.ts';
import { packOf } from '../../test/pack.ts';
import { fetchPack } from '../fetch-pack.ts';
import { readPack } from '../pack/open-pack.ts';
import { renderRevision, resolveReference } from '../reference.ts';
import { FLUSH, renderPacket } from './pkt-line.ts';

const MIB = 1024 * 1024;
const LIMITS = { maxObjects: 10_000, maxObjectBytes: MIB, maxTotalBytes: 64 * MIB };

async function whole(pack: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('a real server that knows no other version', () => {
  let server: GitServer;
  let repository: TestRepository;
  const commits: Record<string, string> = {};

  beforeAll(async () => {
    server = await startGitServer({
      // What a host does whose HTTP server hands the header on to nobody.
      intercept: (request) => {
        delete request.headers['git-protocol'];
        return false;
      },
    });
    repository = await server.createRepository('app');
    commits.first = await repository.commit('first', { a: '1' });
    await repository.tag('v1.0.0', { annotated: true });
    await repository.git('tag', '-a', '-m', 'tag of a tag', 'nested', 'v1.0.0');
    await repository.git('push', '--quiet', 'origin', 'refs/tags/nested');
    commits.second = await repository.commit('second', { a: '2' });
    commits.third = await repository.commit('third', { a: '3' });
    await repository.tag('v1.1.0');
    commits.side = await repository.commit('side', { b: '1' }, { branch: 'side' });
    await server.createRepository('empty');
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test.each([
    [{ branch: 'main' }, 'main', 'third'],
    [{ tag: 'v1.0.0' }, 'v1.0.0', 'first'],
    [{ tag: 'nested' }, 'nested', 'first'],
    [{ semver: '1.x' }, 'v1.1.0', 'third'],
    [{ name: 'HEAD' }, 'HEAD', 'third'],
    [{ name: 'refs/tags/v1.0.0^{}' }, 'refs/tags/v1.0.0^{}', 'first'],
  ])('is asked once for %j', async (spec, name, commit) => {
    await using remote = anonymously(repository.url);
    const before = server.requests.length;

    expect(renderRevision(await resolveReference(remote, spec, never()))).toBe(`${name}@sha1:${commits[commit]}`);
    expect(server.requests.slice(before).map(({ line }) => line.split(' ')[0])).toEqual(['GET']);
  });

  test('lists what another version would have listed', async () => {
    await using remote = anonymously(repository.url);
    await using modern = await startGitServer();
    const url = new URL(repository.url);
    const copy = await modern.createRepository('app');
    await copy.git('fetch', '--quiet', repository.directory, 'refs/*:refs/*', '--update-head-ok');
    await copy.git('push', '--quiet', '--mirror', 'origin');
    await using other = anonymously(copy.url);

    expect(url.pathname).toBe('/app.git');
    expect(new Map([...(await listed(remote))].sort())).toEqual(new Map([...(await listed(other))].sort()));
    expect((await listed(remote, ['refs/tags/'])).size).toBe(3);
  });

  test('sends a commit without its history', async () => {
    await using remote = anonymously(repository.url);

    const store = readPack(await whole(fetchPack(remote, commits.third ?? '', { signal: never(), maxBytes: MIB })), LIMITS);

    expect(store.has(commits.third ?? '')).toBe(true);
    expect(store.has(commits.second ?? '')).toBe(false);
  });

  test('sends a commit inside the history alone, as servers do that start afresh for each request', async () => {
    await using remote = anonymously(repository.url);

    const store = readPack(await whole(fetchPack(remote, commits.second ?? '', { signal: never(), maxBytes: MIB })), LIMITS);

    expect(store.has(commits.second ?? '')).toBe(true);
    expect(store.has(commits.first ?? '')).toBe(false);
    expect(store.has(commits.third ?? '')).toBe(false);
  });

  test.each([{ branch: 'main' }, { branch: 'missing' }, {}])(
    'says so when it does not have a commit, whatever the branch: %j',
    async (options) => {
      await using remote = anonymously(repository.url);
      const pack = fetchPack(remote, 'd'.repeat(40), { signal: never(), maxBytes: MIB, ...options });

      // What it sends in its place is the history that the commit is not in: whoever reads it will notice.
      if (options.branch === 'missing') await expect(pack.next()).rejects.toMatchObject({ name: 'GitError', kind: 'reference-not-found' });
      else expect(readPack(await whole(pack), LIMITS).has('d'.repeat(40))).toBe(false);
    },
  );

  test('has nothing: that is told from a wrong name', async () => {
    await using remote = anonymously(`${server.url}/empty.git`);

    await expect(resolveReference(remote, { branch: 'main' }, never())).rejects.toMatchObject({ kind: 'empty-repository' });
  });
});

const COMMIT = 'c'.repeat(40);
const TAG = 'd'.repeat(40);
const advertised = (capabilities: string, lines: readonly string[] = []) =>
  [
    renderPacket('# service=git-upload-pack'),
    FLUSH,
    renderPacket(`${COMMIT} HEAD\0${capabilities}`),
    ...lines.map(renderPacket),
    FLUSH,
  ].join('');

describe('a listing of version 0', () => {
  const listing = async (lines: readonly string[], prefixes: readonly string[] = []) => {
    await using it = await scriptedServer({ discovery: (response) => response.end(advertised('none', lines)) });
    const refs = await listed(it.remote, prefixes);
    return { names: [...refs.keys()], refs, ignored: it.remote.ignoredRefs };
  };

  test('leaves out what no Git would have sent, and counts it', async () => {
    const lines = [`${COMMIT} refs/heads/../../x`, `${COMMIT} __proto__`, `${COMMIT} refs/heads/__proto__`, 'garbage', '', `${COMMIT}`];

    expect(await listing(lines)).toMatchObject({ names: ['HEAD', 'refs/heads/__proto__'], ignored: 5 });
    expect(await listing(lines, ['refs/heads/'])).toMatchObject({ names: ['refs/heads/__proto__'], ignored: 1 });
  });

  test('gives to a tag what is said right after it, and only that', async () => {
    const lines = [
      `${TAG} refs/tags/v1`,
      `${COMMIT} refs/tags/v1^{}`,
      `${TAG} refs/tags/v2`,
      `${COMMIT} refs/tags/v1^{}`,
      `${TAG} refs/tags/v3`,
      `${'x'.repeat(40)} refs/tags/v3^{}`,
    ];

    const { refs } = await listing(lines, ['refs/tags/']);

    expect([...refs.values()]).toEqual([
      { name: 'refs/tags/v1', oid: TAG, peeled: COMMIT },
      { name: 'refs/tags/v2', oid: TAG, peeled: undefined },
    ]);
  });

  test('may end with the borders of a shallow repository', async () => {
    expect((await listing([`${COMMIT} refs/heads/a`, `shallow ${COMMIT}`])).names).toEqual(['HEAD', 'refs/heads/a']);
  });

  test('that the server breaks off is an error with its words', async () => {
    await expect(listing(['ERR https://u:CANARY@host is closed'])).rejects.toMatchObject({
      message: expect.stringMatching(/refused to list references: https:\/\/\*+@host is closed$/),
    });
  });
});

describe('an answer of version 0', () => {
  const pack = packOf([]);
  const answered = async (capabilities: string, parts: readonly (string | Buffer)[]) => {
    const asked: string[] = [];
    await using it = await scriptedServer({
      discovery: (response) => response.end(advertised(capabilities)),
      command: async (response, request) => {
        asked.push(Buffer.concat(await request.toArray()).toString());
        response.end(Buffer.concat(parts.map((part) => Buffer.from(part))));
      },
    });
    return { pack: await whole(fetchPack(it.remote, COMMIT, { signal: never(), maxBytes: MIB })), asked };
  };

  test('without bands is the pack as it is', async () => {
    const { pack: received, asked } = await answered('shallow ofs-delta', [
      renderPacket(`shallow ${COMMIT}`),
      FLUSH,
      renderPacket('NAK'),
      pack,
    ]);

    expect(received).toEqual(pack);
    expect(asked).toEqual([
      [renderPacket(`want ${COMMIT} ofs-delta shallow`), renderPacket('deepen 1'), FLUSH, renderPacket('done')].join(''),
    ]);
  });

  test('of a server that knows no shallow repositories is asked for with its history', async () => {
    const { asked } = await answered('multi_ack', [renderPacket('NAK'), pack]);

    expect(asked).toEqual([[renderPacket(`want ${COMMIT} `), FLUSH, renderPacket('done')].join('')]);
  });

  test.each([
    ['nothing', [], 'reference-not-found'],
    ['a refusal', [renderPacket('ERR upload-pack: not our ref')], 'reference-not-found'],
    ['another refusal', [renderPacket('ERR access denied')], 'protocol'],
    ['HTML', ['<html>'], 'protocol'],
    ['something else', [renderPacket('hello')], 'protocol'],
  ])('with %s is refused', async (_, parts, kind) => {
    await expect(answered('shallow', parts)).rejects.toMatchObject({ name: 'GitError', kind });
  });
});
