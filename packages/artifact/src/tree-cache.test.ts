import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { eventually, fakeClock } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { type Answer, type ArtifactServer, artifactOf, artifactServer } from '../test/artifact-server.ts';
import { listing, type TestDirectory, testDirectory } from '../test/tar.ts';
import { createTreeCache, type TreeCache, type TreeCacheOptions } from './tree-cache.ts';
import { unpack } from './unpack.ts';

const ONE = artifactOf({ name: 'a.yaml', content: 'one'.repeat(100) });
const TWO = artifactOf({ name: 'b.yaml', content: 'two'.repeat(100) });
const THREE = artifactOf({ name: 'c.yaml', content: 'three'.repeat(60) });
const HOSTILE = artifactOf({ name: 'fine' }, { name: '../out' });
const EMPTY = artifactOf({ name: 'empty' });
const ALL = [ONE, TWO, THREE, HOSTILE, EMPTY];

const serving: Answer = (response, request) => {
  const found = ALL.find(({ at }) => new URL(at('http://x').url).pathname === request.url);
  if (found === undefined) response.writeHead(404).end();
  else response.end(found.bytes);
};

interface TestCache extends AsyncDisposable {
  readonly cache: TreeCache;
  readonly server: ArtifactServer;
  readonly work: TestDirectory;
  /** Archives and trees that are there now. */
  kept(): Promise<readonly string[]>;
}

async function testCache(options: Partial<TreeCacheOptions> = {}, answer = serving): Promise<TestCache> {
  const work = await testDirectory();
  const server = await artifactServer(answer);
  const cache = await createTreeCache({
    root: work.directory,
    clock: fakeClock(),
    retries: 0,
    maxBytes: 100_000,
    idleBytes: 1_000_000,
    idleMs: 60_000,
    unpack: (archive, directory) => unpack(archive, directory),
    ...options,
  });
  return {
    cache,
    server,
    work,
    kept: async () => {
      const home = (await readdir(work.directory)).find((name) => !name.endsWith('.alive')) ?? '';
      return (await readdir(join(work.directory, home))).sort();
    },
    async [Symbol.asyncDispose]() {
      await cache[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await work[Symbol.asyncDispose]();
    },
  };
}

const never = () => ({ signal: new AbortController().signal });
/** A gate that the test opens. */
const gate = () => Promise.withResolvers<void>();

describe('a tree', () => {
  test('that nobody has held for a minute is gone, and fetched again for the next', async () => {
    const clock = fakeClock();
    await using test = await testCache({ clock });
    const first = await test.cache.hold(ONE.at(test.server.url), never());
    first[Symbol.dispose]();
    await clock.advance(59_999);
    (await test.cache.hold(ONE.at(test.server.url), never()))[Symbol.dispose]();
    await clock.advance(59_999);
    expect(await test.kept()).toHaveLength(1);
    await clock.advance(1);
    await eventually(async () => expect(await test.kept()).toEqual([]));
    expect(clock.pending).toBe(0);
    using again = await test.cache.hold(ONE.at(test.server.url), never());
    expect(await listing(again.directory)).toHaveLength(1);
  });

  test('that was made although nobody waited for it any more goes after its minute too', async () => {
    const clock = fakeClock();
    const [begun, finish] = [gate(), gate()];
    await using test = await testCache({
      clock,
      unpack: async (archive, directory) => {
        begun.resolve();
        await finish.promise;
        return await unpack(archive, directory);
      },
    });
    const controller = new AbortController();
    const left = test.cache.hold(ONE.at(test.server.url), { signal: controller.signal });
    await begun.promise;
    controller.abort(new Error('newer intent'));
    await expect(left).rejects.toThrow('newer intent');

    finish.resolve();
    await eventually(() => expect(clock.pending).toBe(1));
    await clock.advance(60_000);

    await eventually(async () => expect(await test.kept()).toEqual([]));
    expect(clock.pending).toBe(0);
  });

  test('that was made although it had been given up, and made anew meanwhile, goes at once', async () => {
    const [begun, finish] = [gate(), gate()];
    let made = 0;
    await using test = await testCache({
      unpack: async (archive, directory) => {
        made += 1;
        begun.resolve();
        if (made === 1) await finish.promise;
        return await unpack(archive, directory);
      },
    });
    const controller = new AbortController();
    const left = test.cache.hold(ONE.at(test.server.url), { signal: controller.signal });
    await begun.promise;
    controller.abort(new Error('newer intent'));
    await expect(left).rejects.toThrow('newer intent');
    using again = await test.cache.hold(ONE.at(test.server.url), never());

    finish.resolve();

    await eventually(async () => expect(await test.kept()).toEqual([basename(again.directory)]));
  });

  test('is fetched and unpacked once for all that hold it, at once or one after the other', async () => {
    await using test = await testCache();
    const trees = await Promise.all(Array.from({ length: 20 }, () => test.cache.hold(ONE.at(test.server.url), never())));
    using later = await test.cache.hold(ONE.at(test.server.url), never());

    expect(new Set([...trees, later].map(({ directory }) => directory)).size).toBe(1);
    expect(await listing(later.directory)).toEqual([`a.yaml 600 ${'one'.repeat(100)}`]);
    expect(test.server.requests).toHaveLength(1);
    for (const tree of trees) tree[Symbol.dispose]();
  });

  test('is one for each digest', async () => {
    await using test = await testCache();
    using one = await test.cache.hold(ONE.at(test.server.url), never());
    using two = await test.cache.hold(TWO.at(test.server.url), never());

    expect(one.directory).not.toBe(two.directory);
    expect(await readFile(join(two.directory, 'b.yaml'), 'utf8')).toContain('two');
  });

  test('stays for the next holder when nobody holds it, and its archive does not', async () => {
    await using test = await testCache();
    (await test.cache.hold(ONE.at(test.server.url), never()))[Symbol.dispose]();
    using again = await test.cache.hold(ONE.at(test.server.url), never());

    expect(await readdir(again.directory)).toEqual(['a.yaml']);
    expect(test.server.requests).toHaveLength(1);
    expect((await test.kept()).filter((name) => name.endsWith('.tar.gz'))).toEqual([]);
  });

  test('may be let go of twice by one holder, without harm to another', async () => {
    await using test = await testCache({ idleBytes: 0 });
    const one = await test.cache.hold(ONE.at(test.server.url), never());
    using two = await test.cache.hold(ONE.at(test.server.url), never());

    one[Symbol.dispose]();
    one[Symbol.dispose]();
    // Removing takes its time; so does this.
    using _other = await test.cache.hold(TWO.at(test.server.url), never());

    expect(await readdir(two.directory)).toEqual(['a.yaml']);
  });

  test('without a single byte is kept like any other', async () => {
    await using test = await testCache();
    for (let round = 0; round < 3; round++) (await test.cache.hold(EMPTY.at(test.server.url), never()))[Symbol.dispose]();

    expect(test.server.requests).toHaveLength(1);
    expect(await test.kept()).toHaveLength(1);
  });
});

describe('a holder that gives up', () => {
  test('ends with the reason of its signal and does not disturb the others', async () => {
    const open = gate();
    await using test = await testCache({}, (response, request) => void open.promise.then(() => serving(response, request)));
    const abort = new AbortController();
    const leaving = test.cache.hold(ONE.at(test.server.url), { signal: abort.signal });
    const staying = test.cache.hold(ONE.at(test.server.url), never());

    abort.abort(new Error('overtaken'));
    await expect(leaving).rejects.toThrow('overtaken');
    open.resolve();

    using tree = await staying;
    expect(await readdir(tree.directory)).toEqual(['a.yaml']);
    expect(test.server.requests).toHaveLength(1);
  });

  test('and is the last one ends the fetch, which the next holder starts anew', async () => {
    const closed = gate();
    let count = 0;
    await using test = await testCache({}, (response, request) => {
      count += 1;
      if (count > 1) serving(response, request);
      else response.on('close', closed.resolve);
    });
    const abort = new AbortController();
    const leaving = test.cache.hold(ONE.at(test.server.url), { signal: abort.signal });
    await eventually(() => expect(test.server.requests).toHaveLength(1));

    abort.abort(new Error('overtaken'));
    await expect(leaving).rejects.toThrow('overtaken');
    using tree = await test.cache.hold(ONE.at(test.server.url), never());

    await closed.promise;
    expect(await readdir(tree.directory)).toEqual(['a.yaml']);
    await eventually(async () => expect(await test.kept()).toHaveLength(1));
  });

  test('before it began costs nothing', async () => {
    await using test = await testCache();

    await expect(test.cache.hold(ONE.at(test.server.url), { signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow('over');
    expect(test.server.requests).toEqual([]);
  });

  test('leaves nothing at its signal, which may live for long', async () => {
    await using test = await testCache();
    const abort = new AbortController();
    let listeners = 0;
    const add = abort.signal.addEventListener.bind(abort.signal);
    const remove = abort.signal.removeEventListener.bind(abort.signal);
    abort.signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    abort.signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };

    for (let round = 0; round < 5; round++) (await test.cache.hold(ONE.at(test.server.url), { signal: abort.signal }))[Symbol.dispose]();

    expect(listeners).toBe(0);
  });
});

describe('trees that nobody holds', () => {
  test('go, the one used least recently first, when together they have more bytes than may lie idle', async () => {
    await using test = await testCache({ idleBytes: 600 });
    for (const artifact of [ONE, TWO, ONE, THREE]) (await test.cache.hold(artifact.at(test.server.url), never()))[Symbol.dispose]();

    await eventually(async () => expect(await test.kept()).toHaveLength(2));
    for (const artifact of [ONE, THREE]) (await test.cache.hold(artifact.at(test.server.url), never()))[Symbol.dispose]();
    expect(test.server.requests).toHaveLength(3);
    (await test.cache.hold(TWO.at(test.server.url), never()))[Symbol.dispose]();
    expect(test.server.requests).toHaveLength(4);
  });

  test('go alone: those that somebody holds stay, and count for nothing', async () => {
    await using test = await testCache({ idleBytes: 0 });
    using held = await test.cache.hold(ONE.at(test.server.url), never());
    (await test.cache.hold(TWO.at(test.server.url), never()))[Symbol.dispose]();

    await eventually(async () => expect(await test.kept()).toHaveLength(1));
    expect(await readdir(held.directory)).toEqual(['a.yaml']);
  });

  test('that went are made anew in another place, so that a late removal cannot hit them', async () => {
    await using test = await testCache({ idleBytes: 0 });
    const first = await test.cache.hold(ONE.at(test.server.url), never());
    first[Symbol.dispose]();
    using second = await test.cache.hold(ONE.at(test.server.url), never());

    expect(second.directory).not.toBe(first.directory);
    expect(await readdir(second.directory)).toEqual(['a.yaml']);
  });
});

describe('a tree that could not be made', () => {
  test('fails for all that wait for it, and is tried again for the next', async () => {
    let count = 0;
    await using test = await testCache({}, (response, request) =>
      count++ === 0 ? response.writeHead(404).end() : serving(response, request),
    );
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => test.cache.hold(ONE.at(test.server.url), never())));

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    using tree = await test.cache.hold(ONE.at(test.server.url), never());
    expect(await readdir(tree.directory)).toEqual(['a.yaml']);
    expect(test.server.requests).toHaveLength(2);
  });

  test('leaves nothing behind, nor does its archive', async () => {
    await using test = await testCache();

    await expect(test.cache.hold(HOSTILE.at(test.server.url), never())).rejects.toMatchObject({ kind: 'hostile' });
    await expect(test.cache.hold({ ...ONE.at(test.server.url), digest: TWO.at('').digest }, never())).rejects.toMatchObject({
      kind: 'digest-mismatch',
    });

    await eventually(async () => expect(await test.kept()).toEqual([]));
    expect((await readdir(test.work.directory)).length).toBe(2);
  });

  test('for its digest is not even asked for', async () => {
    await using test = await testCache();

    await expect(test.cache.hold({ url: `${test.server.url}/x`, digest: '../../x' }, never())).rejects.toMatchObject({
      kind: 'digest-mismatch',
    });
    expect(test.server.requests).toEqual([]);
  });
});

describe('when the cache ends', () => {
  test('nothing is left, be it held, idle, or still on its way', async () => {
    await using test = await testCache({}, (response, request) => {
      if (request.url === new URL(THREE.at('http://x').url).pathname) response.writeHead(200).write('some');
      else serving(response, request);
    });
    await test.cache.hold(ONE.at(test.server.url), never());
    (await test.cache.hold(TWO.at(test.server.url), never()))[Symbol.dispose]();
    const waiting = test.cache.hold(THREE.at(test.server.url), never()).catch((error: unknown) => error);
    await eventually(() => expect(test.server.requests).toHaveLength(3));

    await test.cache[Symbol.asyncDispose]();

    expect(await readdir(test.work.directory)).toEqual([]);
    expect(await waiting).toBeInstanceOf(Error);
  });

  test('nothing is left of an unpacking that was given up and takes its time', async () => {
    const entered = gate();
    const proceed = gate();
    const finished = gate();
    await using test = await testCache({
      async unpack(_archive, directory) {
        entered.resolve();
        await proceed.promise;
        await mkdir(directory, { recursive: true });
        await writeFile(join(directory, 'late'), 'late');
        finished.resolve();
        return 4;
      },
    });
    const abort = new AbortController();
    const leaving = test.cache.hold(ONE.at(test.server.url), { signal: abort.signal }).catch(() => undefined);
    await entered.promise;
    abort.abort(new Error('overtaken'));
    await leaving;

    // The last moment at which an end that does not wait would be over.
    const ending = test.cache[Symbol.asyncDispose]();
    setTimeout(proceed.resolve, 50);
    await Promise.all([ending, finished.promise]);

    expect(await readdir(test.work.directory)).toEqual([]);
  });

  test('nobody can hold a tree any more', async () => {
    await using test = await testCache();
    await test.cache[Symbol.asyncDispose]();

    await expect(test.cache.hold(ONE.at(test.server.url), never())).rejects.toThrow('the cache of artifacts has ended');
    expect(test.server.requests).toEqual([]);
  });
});
