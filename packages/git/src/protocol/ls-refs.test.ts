import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { listed as namesListed, never, scriptedServer } from '../../test/git-server.ts';
import { FLUSH, renderPacket } from './pkt-line.ts';
import { isRefName } from './ref.ts';

const COMMIT = 'c'.repeat(40);
const TAG = 'd'.repeat(40);

/** What we make of a listing with these lines. */
async function listed(lines: readonly string[], prefixes: readonly string[] = []) {
  await using scripted = await scriptedServer({ command: (response) => response.end([...lines.map(renderPacket), FLUSH].join('')) });
  return await namesListed(scripted.remote, prefixes);
}

describe('the name of a reference', () => {
  test.each([
    'HEAD',
    'refs/heads/main',
    'refs/heads/feature/x',
    'refs/pull/1/head',
    'refs/heads/größe',
    'refs/heads/__proto__',
    'refs/heads/@',
  ])('%j is one', (name) => {
    expect(isRefName(name)).toBe(true);
  });

  test.each([
    ...['', 'refs', 'refs/', '/refs/heads/x', 'heads/main', 'main', '__proto__', 'FETCH_HEAD'],
    ...['refs/heads/../../x', 'refs/heads/..', 'refs/../etc/passwd', 'refs/heads/a..b', 'refs/heads/.hidden', 'refs/./heads'],
    ...['refs/heads/a.lock', 'refs/a.lock/b', 'refs/heads/x.', 'refs/heads/x/', 'refs//heads/x', 'refs/heads/@{1}'],
    ...['refs/heads/a b', 'refs/heads/a\tb', 'refs/heads/a\nb', 'refs/heads/a\0b', 'refs/heads/a\u007f', 'refs/heads/a\\b'],
    ...['refs/heads/a~1', 'refs/heads/a^', 'refs/heads/a:b', 'refs/heads/a?', 'refs/heads/a*', 'refs/heads/a[b'],
    `refs/heads/${'x'.repeat(5_000)}`,
  ])('%j is none', (name) => {
    expect(isRefName(name)).toBe(false);
  });

  test('is judged in linear time', () => {
    const spentMs = startCpuTime();
    isRefName(`refs/${'a/'.repeat(500_000)}`);
    isRefName(`refs/${'.'.repeat(1_000_000)}`);
    expect(spentMs()).toBeLessThan(500);
  });
});

describe('a listing', () => {
  test('has each reference once, with what an annotated tag stands for', async () => {
    const refs = await listed([
      `${COMMIT} HEAD symref-target:refs/heads/main`,
      `${COMMIT} refs/heads/main`,
      `${TAG} refs/tags/v1 peeled:${COMMIT}`,
    ]);

    expect([...refs.values()]).toEqual([
      { name: 'HEAD', oid: COMMIT, peeled: undefined },
      { name: 'refs/heads/main', oid: COMMIT, peeled: undefined },
      { name: 'refs/tags/v1', oid: TAG, peeled: COMMIT },
    ]);
  });

  test('leaves out what no Git would have sent', async () => {
    const refs = await listed([
      `${COMMIT} refs/heads/../../x`,
      `${COMMIT} __proto__`,
      `${COMMIT} refs/heads/a\0b`,
      `${COMMIT.toUpperCase()} refs/heads/upper`,
      `${COMMIT.slice(1)} refs/heads/short`,
      'unborn refs/heads/unborn',
      COMMIT,
      '',
      `${COMMIT} refs/heads/__proto__`,
    ]);

    expect([...refs.keys()]).toEqual(['refs/heads/__proto__']);
  });

  test('counts what it leaves out', async () => {
    const lines = [`${COMMIT} refs/heads/a..b`, `${COMMIT} refs/heads/a`, 'garbage'];
    await using scripted = await scriptedServer({ command: (response) => response.end([...lines.map(renderPacket), FLUSH].join('')) });

    await namesListed(scripted.remote);
    await namesListed(scripted.remote);

    expect(scripted.remote.ignoredRefs).toBe(4);
  });

  test.each(['../../../etc/passwd', '', 'x'.repeat(40), `${COMMIT}0`])('leaves out a tag that stands for %j', async (peeled) => {
    expect([...(await listed([`${TAG} refs/tags/v1 peeled:${peeled}`])).keys()]).toEqual([]);
  });

  test('is only of what was asked for, although servers may ignore the question', async () => {
    const refs = await listed([`${COMMIT} HEAD`, `${COMMIT} refs/pull/9.9.9`, `${COMMIT} refs/tags/1.0.0`], ['refs/tags/']);

    expect([...refs.keys()]).toEqual(['refs/tags/1.0.0']);
  });

  test('that the server refuses is an error with its words, shortened and without credentials', async () => {
    await expect(listed([`ERR no ${'x'.repeat(1_000)}`])).rejects.toMatchObject({
      kind: 'protocol',
      message: expect.stringMatching(/^.{30,300}$/),
    });
    await expect(listed([`ERR ${'x'.repeat(180)} https://user:CANARY@host/`])).rejects.toMatchObject({
      message: expect.not.stringContaining('CAN'),
    });
    await expect(listed(['ERR https://user:CANARY@host/ is closed'])).rejects.toThrow('https://*****@host/ is closed');
  });
});

describe('the handshake', () => {
  test.each([
    ['of version 2, with a service line', `${renderPacket('# service=git-upload-pack')}${FLUSH}${renderPacket('version 2')}${FLUSH}`],
    ['of version 2, without one', `${renderPacket('version 2')}${FLUSH}`],
    ['of version 1', `${renderPacket('version 1')}${renderPacket(`${COMMIT} HEAD\0multi_ack`)}${FLUSH}`],
    ['of version 0', `${renderPacket('# service=git-upload-pack')}${FLUSH}${renderPacket(`${COMMIT} HEAD\0multi_ack`)}${FLUSH}`],
  ])('succeeds with a greeting %s', async (_, body) => {
    await using scripted = await scriptedServer({ discovery: (response) => response.end(body) });

    await expect(scripted.remote.handshake(never())).resolves.toBeUndefined();
  });

  test.each([
    ['version 3', `${renderPacket('# service=git-upload-pack')}${FLUSH}${renderPacket('version 3')}${FLUSH}`],
    ['version 1 without a reference', `${renderPacket('# service=git-upload-pack')}${FLUSH}${renderPacket('version 1')}${FLUSH}`],
    ['version 2 for ids of another kind', `${renderPacket('version 2')}${renderPacket('object-format=sha256')}${FLUSH}`],
    ['version 0 for ids of another kind', `${renderPacket(`${'a'.repeat(64)} HEAD\0object-format=sha256`)}${FLUSH}`],
    ['HTML', '<!DOCTYPE html><html></html>'],
    ['nothing', ''],
    ['marks alone', `${FLUSH}${FLUSH}`],
  ])('fails with a server that speaks %s', async (_, body) => {
    await using scripted = await scriptedServer({ discovery: (response) => response.end(body) });

    await expect(scripted.remote.handshake(never())).rejects.toMatchObject({ name: 'GitError', kind: 'protocol' });
  });

  test('leaves its connection open for the requests that follow', async () => {
    const sockets = new Set<unknown>();
    await using scripted = await scriptedServer({
      discovery: (response, request) => {
        sockets.add(request.socket);
        response.write(`${renderPacket('version 2')}`);
        setImmediate(() => response.end(`${renderPacket('ls-refs=unborn')}${FLUSH}`));
      },
      command: (response, request) => {
        sockets.add(request.socket);
        response.end(FLUSH);
      },
    });

    await scripted.remote.handshake(never());
    await namesListed(scripted.remote);

    expect(sockets.size).toBe(1);
  });

  test('ends with a server that advertises for ever', async () => {
    await using scripted = await scriptedServer({
      discovery: (response) => {
        const more = () => {
          while (!response.destroyed && response.write(renderPacket('version 2').repeat(1_000)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      },
    });

    await expect(scripted.remote.handshake(never())).rejects.toMatchObject({ kind: 'too-large' });
  });
});
