import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { heldBytes } from '@gotk/apimachinery/garbage';
import { connect, GitError, resolveReference } from '@gotk/git';
import { filesOf, isHarmless, type ObjectStore, type PackLimits, readPack, treeOf } from '@gotk/git/objects';
import { startGitServer } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { fetchPack } from '../../packages/git/src/fetch-pack.ts';
import { DELIMITER, FLUSH, renderPacket } from '../../packages/git/src/protocol/pkt-line.ts';
import { isRefName } from '../../packages/git/src/protocol/ref.ts';
import { ADVERTISEMENT, listed, never, scriptedServer } from '../../packages/git/test/git-server.ts';
import {
  appending,
  copyOf,
  distanceOf,
  entryOf,
  idOf,
  packOf,
  sizeOf,
  type TreeEntry,
  TYPE,
  treeContent,
} from '../../packages/git/test/pack.ts';
import { costOf } from './cost.ts';

const MIB = 1024 * 1024;
const LIMITS: PackLimits = { maxObjects: 10_000, maxObjectBytes: 8 * MIB, maxTotalBytes: 32 * MIB };
const HELLO = idOf('blob', 'hello');
const OID = 'a'.repeat(40);

/** The paths of a commit whose root holds these entries; as a server would send it, and as it would be read. */
function pathsOf(entries: readonly (Partial<TreeEntry> & Pick<TreeEntry, 'name'>)[], more: readonly Buffer[] = []): readonly string[] {
  const tree = treeContent(entries.map((entry) => ({ mode: '100644', oid: HELLO, ...entry })));
  const commit = `tree ${idOf('tree', tree)}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nm\n`;
  const store = readPack(packOf([entryOf(TYPE.commit, commit), entryOf(TYPE.tree, tree), entryOf(TYPE.blob, 'hello'), ...more]), LIMITS);
  return [...filesOf(store, treeOf(store, idOf('commit', commit)))].map(({ path }) => path);
}

const refused = (work: () => unknown): GitError => {
  try {
    work();
  } catch (error) {
    if (error instanceof GitError) return error;
    throw error;
  }
  throw new Error('it was taken');
};

describe('CVE-2023-49569, CVE-2026-63478: an entry of a tree that leads elsewhere is refused, and its name shown escaped', () => {
  test.each(['..', '.', '', '/a', '/', 'a/b', '../a', 'a\\b', '..\\a', 'a\nb', '\u0001', 'x'.repeat(256)])('%j', (name) => {
    for (const mode of ['100644', '40000', '120000', '160000']) {
      const error = refused(() => pathsOf([{ name, mode }]));
      expect(error).toMatchObject({ kind: 'hostile-content', message: expect.stringMatching(/^[ -~]{1,200}$/) });
    }
  });

  test('one name twice, which a check and its use could see differently', () => {
    expect(refused(() => pathsOf([{ name: 'a' }, { name: 'a', mode: '120000' }]))).toMatchObject({ kind: 'hostile-content' });
    expect(
      refused(() =>
        pathsOf([
          { name: 'a', mode: '120000' },
          { name: 'a', mode: '40000', oid: HELLO },
        ]),
      ),
    ).toMatchObject({ kind: 'hostile-content' });
  });
});

describe('CVE-2021-30483, CVE-2026-71557: the name of a reference is only a name', () => {
  const names = [
    'refs/heads/../../x',
    'refs/heads/a.lock',
    'refs/heads/.a',
    'refs/heads/a..b',
    'refs/heads/a/',
    'refs//a',
    'refs/heads/a\u0000',
    'refs/heads/a b',
  ];
  test.each([
    ...names,
    'refs/heads/@{-1}',
    'refs/heads/a~1',
    'refs/heads/a:b',
    'refs/heads/*',
    '../refs/heads/a',
    '/refs/heads/a',
    'HEAD/../x',
  ])('%j', (name) => {
    expect(isRefName(name)).toBe(false);
  });

  test('others that a server lists are passed over, and the one that is wanted is found', async () => {
    const lines = [...names, 'refs/heads/__proto__', 'refs/heads/main']
      .filter((name) => !/[\0 ]/.test(name))
      .map((name) => renderPacket(`${OID} ${name}`));
    await using it = await scriptedServer({ command: (response) => response.end([...lines, FLUSH].join('')) });
    expect([...(await listed(it.remote)).keys()]).toEqual(['refs/heads/__proto__', 'refs/heads/main']);
  });
});

describe('CVE-2014-9390, CVE-2021-21300, CVE-2026-45571, CVE-2026-71556: what some file system takes for .git is refused, and links lead nowhere', () => {
  const spellings = [
    '.git',
    '.GIT',
    '.Git ',
    '.git.',
    '.git. . ',
    'git~1',
    'GIT~1',
    'git~10',
    '.git::$INDEX_ALLOCATION',
    '.git:x',
    '.g\u200cit',
    '.gi\u200dt\ufeff',
    '\u202e.git',
  ];
  test.each(spellings)('%j', (name) => {
    expect(isHarmless(name)).toBe(false);
    for (const mode of ['100644', '40000', '120000', '160000'])
      expect(refused(() => pathsOf([{ name, mode }])).kind).toBe('hostile-content');
  });

  test('a link comes to nothing, and a directory of its name is refused', () => {
    expect(pathsOf([{ name: 's', mode: '120000' }, { name: 'x' }])).toEqual(['x']);
    const inner = treeContent([{ mode: '100644', name: 'config', oid: HELLO }]);
    const entries = [
      { name: 's', mode: '120000' },
      { name: 's', mode: '40000', oid: idOf('tree', inner) },
    ];
    expect(refused(() => pathsOf(entries, [entryOf(TYPE.tree, inner)])).kind).toBe('hostile-content');
  });

  test('a submodule comes to nothing, whatever it is called', () => {
    expect(pathsOf([{ name: 'module', mode: '160000', oid: OID }, { name: '.gitmodules' }])).toEqual(['.gitmodules']);
  });
});

describe('CVE-2023-49568, CVE-2025-21614, CVE-2026-63476: what a pack says of its sizes is not believed', () => {
  const base = Buffer.alloc(64 * 1024);
  const delta = (to: Buffer, body: Buffer) => entryOf(TYPE.refDelta, body, { base: Buffer.from(idOf('blob', to), 'hex') });
  const copies = (count: number) =>
    Buffer.concat([sizeOf(base.length), sizeOf(base.length * count), ...Array<Buffer>(count).fill(copyOf(0, base.length))]);
  const bombs: Readonly<Record<string, () => Buffer>> = {
    'a delta that says 2 GiB': () =>
      packOf([entryOf(TYPE.blob, base), delta(base, Buffer.concat([sizeOf(base.length), sizeOf(2 ** 31 - 1)]))]),
    'a delta that says 2^50': () => packOf([entryOf(TYPE.blob, base), delta(base, Buffer.concat([sizeOf(base.length), sizeOf(2 ** 50)]))]),
    'a delta that makes a hundred of one': () => packOf([entryOf(TYPE.blob, base), delta(base, copies(200))]),
    'a thousand of those': () => packOf([entryOf(TYPE.blob, base), ...Array.from({ length: 1_000 }, () => delta(base, copies(100)))]),
    'zeros that were compressed': () => packOf([entryOf(TYPE.blob, Buffer.alloc(64 * MIB))]),
    'zeros that were compressed, and a size that is none of theirs': () =>
      packOf([entryOf(TYPE.blob, Buffer.alloc(64 * MIB), { size: 10 })]),
    'four billion objects': () => packOf([], { count: 2 ** 32 - 1 }),
    'an object that says 2^50': () => packOf([entryOf(TYPE.blob, '', { size: 2 ** 50 })]),
  };
  test.each(Object.entries(bombs))('%s', async (_, pack) => {
    const bytes = pack();
    const before = heldBytes();
    const { cpuMs, error } = await costOf(() => readPack(bytes, LIMITS));
    const after = heldBytes();
    expect(error).toMatchObject({ name: 'GitError', kind: expect.stringMatching(/^(too-large|protocol)$/) });
    expect(after - before).toBeLessThan(64 * MIB);
    expect(cpuMs).toBeLessThan(3_000);
  });
});

describe('GHSA-w5pp, GO-2026-4473, GO-2026-4910: what is malformed is an error, and what was damaged on the way is seen', () => {
  const whole = packOf([
    entryOf(TYPE.blob, 'one'),
    entryOf(TYPE.ofsDelta, appending(Buffer.from('one'), '!'), { base: distanceOf(entryOf(TYPE.blob, 'one').length) }),
  ]);

  test('a pack of which any byte is another', () => {
    expect(readPack(whole, LIMITS).size).toBe(2);
    for (let at = 0; at < whole.length; at++) {
      for (const bit of [1, 0x80]) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ bit;
        expect(refused(() => readPack(damaged, LIMITS))).toBeInstanceOf(GitError);
      }
    }
  });

  test('a delta on itself, and a circle of them', () => {
    const self = entryOf(TYPE.ofsDelta, appending(Buffer.from('a'), 'b'), { base: distanceOf(0) });
    const one = entryOf(TYPE.refDelta, appending(Buffer.from('a'), 'b'), { base: Buffer.from(idOf('blob', 'abc'), 'hex') });
    const two = entryOf(TYPE.refDelta, appending(Buffer.from('ab'), 'c'), { base: Buffer.from(idOf('blob', 'ab'), 'hex') });
    for (const pack of [packOf([self]), packOf([one, two]), packOf([two, one])])
      expect(refused(() => readPack(pack, LIMITS)).kind).toBe('protocol');
  });

  test('objects that are none, whatever is in them', () => {
    for (const content of ['', '\0', '100644', '100644 a', '100644 a\0short', 'x a\0'.padEnd(30, 'y'), '99999999 a\0'.padEnd(40, 'y')]) {
      const oid = idOf('tree', content);
      const store: ObjectStore = new Map([[oid, { type: 'tree', content: Buffer.from(content) }]]);
      if (content !== '') expect(refused(() => [...filesOf(store, oid)])).toBeInstanceOf(GitError);
      expect(refused(() => treeOf(store, oid))).toBeInstanceOf(GitError);
    }
  });

  test('a directory that is within itself, and one that unfolds without end', () => {
    // No hash can hold itself; a store that says so does not know that.
    const loop: ObjectStore = new Map([[OID, { type: 'tree', content: treeContent([{ mode: '40000', name: 'd', oid: OID }]) }]]);
    expect(refused(() => [...filesOf(loop, OID)]).kind).toBe('hostile-content');
    const wide: ObjectStore = new Map([
      [OID, { type: 'tree', content: treeContent(Array.from({ length: 20 }, (_, n) => ({ mode: '40000', name: `d${n}`, oid: OID }))) }],
    ]);
    expect(refused(() => [...filesOf(wide, OID)])).toBeInstanceOf(GitError);
  });
});

describe('CVE-2026-45022: a commit says once what it is a commit of', () => {
  const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
  test.each<[string, string]>([
    ['two trees', `tree ${one}\ntree ${two}\nauthor a\n`],
    ['a tree behind something else', `author a\ntree ${one}\n`],
    ['a tree with a carriage return', `tree ${one}\r\nauthor a\n`],
    ['a tree with a NUL', `tree ${one}\0\nauthor a\n`],
    ['a tree in capitals', `tree ${'A'.repeat(40)}\nauthor a\n`],
    ['a tree of another length', `tree ${one}1\nauthor a\n`],
    ['a line before it', `\ntree ${one}\n`],
  ])('%s', (_, text) => {
    const oid = idOf('commit', text);
    expect(refused(() => treeOf(new Map([[oid, { type: 'commit', content: Buffer.from(text) }]]), oid)).kind).toBe('hostile-content');
  });
});

describe('CVE-2026-41506: a login goes to the host that it is for, and nowhere else', () => {
  const PASSWORD = 'CANARY-password';
  const redirecting = (location: (path: string) => string, status: number) =>
    startGitServer({
      intercept: (request, response) => {
        request.resume();
        response.writeHead(status, { location: location(request.url ?? '') }).end();
        return true;
      },
    });

  test.each([301, 302, 303, 307, 308])('with %d to another port, to another name for it, or with a login in it', async (status) => {
    await using other = await startGitServer({
      intercept: (request, response) => {
        request.resume();
        response.end(request.method === 'GET' ? ADVERTISEMENT : FLUSH);
        return true;
      },
    });
    const elsewhere = [other.url, other.url.replace('127.0.0.1', 'localhost'), other.url.replace('://', `://user:${PASSWORD}@`)];
    for (const target of elsewhere) {
      await using server = await redirecting((path) => `${target}${path}`, status);
      await using remote = connect({
        url: new URL(`${server.url}/app.git`),
        access: { login: { kind: 'basic', origin: server.url, username: 'user', password: PASSWORD } },
      });
      await remote
        .handshake(never())
        .then(() => listed(remote))
        .catch(() => undefined);
      expect(server.requests[0]?.authorization).toContain('Basic ');
    }
    expect(other.requests.map(({ authorization }) => authorization).filter((header) => header !== undefined)).toEqual([]);
  });

  test('nor is the question that follows a redirect sent after one', async () => {
    await using other = await startGitServer();
    const moved = (response: ServerResponse) => response.writeHead(307, { location: `${other.url}/app.git/git-upload-pack` }).end();
    await using it = await scriptedServer({ command: moved });
    await expect(listed(it.remote)).rejects.toMatchObject({ name: 'GitError', kind: 'protocol' });
    expect(other.requests).toEqual([]);
  });

  test('nor does one lead from https to http', async () => {
    await using plain = await startGitServer();
    await using server = await startGitServer({
      tls: true,
      intercept: (request, response) => {
        response.writeHead(301, { location: `${plain.url}${request.url ?? ''}` }).end();
        return true;
      },
    });
    const access = {
      login: { kind: 'basic', origin: server.url, username: 'user', password: PASSWORD } as const,
      ...(server.ca === undefined ? {} : { ca: server.ca }),
    };
    await using remote = connect({ url: new URL(`${server.url}/app.git`), access });
    await expect(remote.handshake(never())).rejects.toMatchObject({ name: 'GitError', message: expect.stringContaining('refused') });
    expect(plain.requests).toEqual([]);
  });
});

test('CVE-2026-63475: references that stand for each other are no way to go in circles, and leave nothing behind', async () => {
  let healthy = false;
  const circle = [
    `${OID} refs/heads/a symref-target:refs/heads/b`,
    `${OID} refs/heads/b symref-target:refs/heads/a`,
    `unborn HEAD symref-target:HEAD`,
  ];
  await using it = await scriptedServer({
    command: (response) => response.end([...(healthy ? [`${OID} refs/heads/main`] : circle).map(renderPacket), FLUSH].join('')),
  });
  const { cpuMs, error } = await costOf(() => resolveReference(it.remote, { branch: 'main' }, never()));
  expect(error).toMatchObject({ name: 'GitError', kind: 'reference-not-found' });
  expect(cpuMs).toBeLessThan(1_000);
  expect(await resolveReference(it.remote, { branch: 'a' }, never())).toEqual({ name: 'a', commit: OID });
  healthy = true;
  expect(await resolveReference(it.remote, { branch: 'main' }, never())).toEqual({ name: 'main', commit: OID });
});

describe('CVE-2025-21613, CVE-2026-45570: what is written in an address or a reference is one text, and never an argument', () => {
  const evil = [
    '--upload-pack=touch x',
    '-oProxyCommand=id',
    "'; id #",
    '$(id)',
    '`id`',
    'a\nwant 0',
    'a\0b',
    '%00',
    '../../etc',
    '--output=/tmp/x',
  ];

  test('in a path: the server is asked for exactly that', async () => {
    await using server = await startGitServer({
      intercept: (_, response) => {
        response.writeHead(404).end();
        return true;
      },
    });
    for (const text of evil) {
      const url = new URL(`${server.url}/${encodeURIComponent(text)}.git`);
      await using remote = connect({ url, access: { login: { kind: 'anonymous' } } });
      await expect(remote.handshake(never())).rejects.toMatchObject({ name: 'GitError', kind: 'not-found' });
      expect(server.requests.at(-1)?.line).toBe(`GET ${url.pathname}/info/refs?service=git-upload-pack`);
    }
    expect(server.requests).toHaveLength(evil.length);
  });

  test('in a reference: it is refused before anything is asked, or it is one line of the question', async () => {
    const bodies: string[] = [];
    await using it = await scriptedServer({
      command: async (response, request) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        bodies.push(Buffer.concat(chunks).toString());
        response.end(FLUSH);
      },
    });
    for (const text of evil) {
      for (const spec of [{ branch: text }, { tag: text }, { name: text }, { name: `refs/${text}` }, { commit: text }, { semver: text }]) {
        const error: unknown = await resolveReference(it.remote, spec, never()).catch((thrown: unknown) => thrown);
        expect(['GitError', 'InvalidRange'], inspect(spec)).toContain((error as Error).name);
      }
    }
    const question = new RegExp(
      `^[0-9a-f]{4}command=ls-refs\\n${DELIMITER}[0-9a-f]{4}peel\\n([0-9a-f]{4}ref-prefix refs/[!-~]+\\n)?${FLUSH}$`,
    );
    expect(bodies.filter((body) => !question.test(body))).toEqual([]);
  });

  test('in the id of a commit, which is part of a question', async () => {
    await using it = await scriptedServer({});
    await expect(resolveReference(it.remote, { commit: `${OID}\n0000` }, never())).rejects.toMatchObject({ kind: 'reference-not-found' });
    const pack = fetchPack(it.remote, OID, { signal: never(), maxBytes: 1_000 });
    await expect(pack.next()).rejects.toBeInstanceOf(GitError);
  });
});
