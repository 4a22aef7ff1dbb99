import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { type CacheSubject, createTokenCache, type Expiring, type TokenCacheMetrics } from './token-cache.ts';

const MINUTE = 60_000;
const signal = new AbortController().signal;
const subject: CacheSubject = { kind: 'GitRepository', name: 'app', namespace: 'team', operation: 'reconcile' };

interface Token extends Expiring {
  readonly text: string;
}

function bed(options: { maxSize?: number; maxDurationMs?: number } = {}) {
  const clock = fakeClock();
  const seen: string[] = [];
  const metrics: TokenCacheMetrics = {
    event: (type, { name }) => seen.push(`${type} ${name}`),
    request: (status) => seen.push(status),
    eviction: () => seen.push('eviction'),
    items: (count) => seen.push(`items ${count}`),
  };
  const cache = createTokenCache({ clock, metrics, ...options });
  let fetched = 0;
  const get = (key: string | readonly string[], { lifeMs = 60 * MINUTE } = {}) =>
    cache.get<Token>(
      typeof key === 'string' ? [key] : key,
      async () => {
        fetched += 1;
        return { text: `token ${fetched}`, expiresAtMs: clock.now() + lifeMs };
      },
      { signal, subject },
    );
  return { clock, cache, get, seen, fetches: () => fetched };
}

describe('a token', () => {
  test('is fetched once, and again when four fifths of its life are over', async () => {
    const { get, clock, fetches } = bed();

    await get('a', { lifeMs: 10 * MINUTE });
    await clock.advance(8 * MINUTE - 1);
    expect((await get('a')).text).toBe('token 1');
    await clock.advance(1);

    expect((await get('a')).text).toBe('token 2');
    expect(fetches()).toBe(2);
  });

  test.each([
    [30 * MINUTE, 30 * MINUTE],
    [100 * MINUTE, 60 * MINUTE],
  ])('is kept no longer than %i ms, and never longer than an hour', async (maxDurationMs, keptMs) => {
    const { get, clock, fetches } = bed({ maxDurationMs });

    await get('a', { lifeMs: 1_000 * MINUTE });
    await clock.advance(keptMs - 1);
    await get('a');
    expect(fetches()).toBe(1);
    await clock.advance(1);
    await get('a');

    expect(fetches()).toBe(2);
  });

  test('that is over when it comes is given out once', async () => {
    const { get } = bed();

    expect((await get('a', { lifeMs: 0 })).text).toBe('token 1');
    expect((await get('a', { lifeMs: -1 })).text).toBe('token 2');
  });

  test('is not kept at all when the cache has no room', async () => {
    const { get } = bed({ maxSize: 0 });

    await get('a');

    expect((await get('a')).text).toBe('token 2');
  });

  test('is told from others by every part of its key', async () => {
    const { get, fetches } = bed();

    for (const key of [['a', 'b'], ['ab'], ['a,b'], ['a\nb'], ['a', '', 'b'], ['b', 'a']]) await get(key);

    expect(fetches()).toBe(6);
  });

  test('that turned out to be useless is fetched again', async () => {
    const { get, cache } = bed();
    await get('a');

    cache.drop(['a']);

    expect((await get('a')).text).toBe('token 2');
  });
});

test('the token that was not used for longest goes first', async () => {
  const { get, fetches } = bed({ maxSize: 2 });
  await get('a');
  await get('b');
  await get('a');
  await get('c');

  await get('a');
  expect(fetches()).toBe(3);
  await get('b');

  expect(fetches()).toBe(4);
});

describe('a fetch', () => {
  const held = () => {
    const { promise, resolve, reject } = Promise.withResolvers<Token>();
    const signals: AbortSignal[] = [];
    const fetch = (shared: AbortSignal) => {
      signals.push(shared);
      return promise;
    };
    return { fetch, resolve, reject, signals };
  };
  const token = (expiresAtMs: number): Token => ({ text: 'shared', expiresAtMs });

  test('is shared by all who wait', async () => {
    const { cache, clock } = bed();
    const { fetch, resolve, signals } = held();
    const waiting = [1, 2, 3].map(() => cache.get(['a'], fetch, { signal }));

    resolve(token(clock.now() + MINUTE));

    expect((await Promise.all(waiting)).map(({ text }) => text)).toEqual(['shared', 'shared', 'shared']);
    expect(signals).toHaveLength(1);
  });

  test('goes on when one of them leaves, and ends when the last does', async () => {
    const { cache } = bed();
    const { fetch, signals } = held();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = cache.get(['a'], fetch, { signal: first.signal });
    const two = cache.get(['a'], fetch, { signal: second.signal });

    first.abort('first');
    await expect(one).rejects.toBe('first');
    expect(signals[0]?.aborted).toBe(false);
    second.abort('second');
    await expect(two).rejects.toBe('second');

    expect(signals[0]?.aborted).toBe(true);
  });

  test('that is given up is not joined by whoever comes next', async () => {
    const { cache, clock } = bed();
    const [given, next] = [held(), held()];
    const controller = new AbortController();
    const one = cache.get(['a'], given.fetch, { signal: controller.signal });
    controller.abort('gone');
    await expect(one).rejects.toBe('gone');

    const two = cache.get(['a'], next.fetch, { signal });
    given.reject(new Error('aborted'));
    next.resolve(token(clock.now() + MINUTE));

    expect((await two).text).toBe('shared');
  });

  test('that fails fails for all who wait, and is tried again by the next', async () => {
    const { cache, get } = bed();
    const { fetch, reject } = held();
    const waiting = [1, 2].map(() => cache.get(['a'], fetch, { signal }).catch((error: unknown) => error));

    reject(new Error('no'));

    expect(await Promise.all(waiting)).toEqual([new Error('no'), new Error('no')]);
    expect((await get('a')).text).toBe('token 1');
  });

  test('is not begun for whoever has left already', async () => {
    const { cache, fetches } = bed();

    await expect(cache.get(['a'], async () => token(0), { signal: AbortSignal.abort('gone') })).rejects.toBe('gone');
    expect(fetches()).toBe(0);
  });
});

test('metrics tell hits from misses, successes from failures, and how many there are', async () => {
  const { get, cache, clock, seen } = bed({ maxSize: 1 });
  await get('a', { lifeMs: 10 * MINUTE });
  await get('a');
  await get('b', { lifeMs: 10 * MINUTE });
  await cache.get(['c'], () => Promise.reject(new Error('no')), { signal, subject }).catch(() => undefined);
  await clock.advance(10 * MINUTE);
  await get('b');

  expect(seen).toEqual([
    ...['cache_miss app', 'items 1', 'success'],
    ...['cache_hit app', 'success'],
    ...['cache_miss app', 'eviction', 'items 1', 'success'],
    ...['cache_miss app', 'failure'],
    ...['items 0', 'cache_miss app', 'items 1', 'success'],
  ]);
});
