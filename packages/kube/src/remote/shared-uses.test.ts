import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { createSharedUses } from './shared-uses.ts';

function setUp(maxIdle = 10) {
  const clock = fakeClock();
  const closed: string[] = [];
  let made = 0;
  const uses = createSharedUses<string>({
    clock,
    idleMs: 1_000,
    maxIdle,
    close: (thing) => {
      closed.push(thing);
      return Promise.resolve();
    },
  });
  const take = (id: string, version = '1') =>
    uses.take({ id, version }, () => {
      made += 1;
      return Promise.resolve(`${id}@${version}#${made}`);
    });
  return { clock, closed, uses, take };
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('something shared', () => {
  test('is made once for all who take it, and again after it was closed', async () => {
    const { clock, closed, take, uses } = setUp();
    const [one, two] = [take('a'), take('a')];
    expect([await one.value, await two.value, uses.size]).toEqual(['a@1#1', 'a@1#1', 1]);
    one[Symbol.dispose]();
    await clock.advance(5_000);
    expect(closed).toEqual([]);
    two[Symbol.dispose]();
    await clock.advance(999);
    expect(closed).toEqual([]);
    await clock.advance(1);
    expect([closed, uses.size]).toEqual([['a@1#1'], 0]);
    expect(await take('a').value).toBe('a@1#2');
  });

  test('is kept when it is taken again in time', async () => {
    const { clock, closed, take } = setUp();
    take('a')[Symbol.dispose]();
    await clock.advance(999);
    const again = take('a');
    await clock.advance(5_000);
    expect([await again.value, closed]).toEqual(['a@1#1', []]);
  });

  test('let go of twice is let go of once', async () => {
    const { clock, closed, take } = setUp();
    const [one] = [take('a'), take('a')];
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    await clock.advance(5_000);
    expect(closed).toEqual([]);
  });

  test('of an older version closes with its last user, and newcomers have the new one', async () => {
    const { closed, take, uses } = setUp();
    const [old, idle] = [take('a'), take('b')];
    idle[Symbol.dispose]();
    const [fresh, next] = [take('a', '2'), take('b', '2')];
    expect([await old.value, await fresh.value, await next.value]).toEqual(['a@1#1', 'a@2#3', 'b@2#4']);
    expect([closed, uses.size]).toEqual([['b@1#2'], 3]);
    old[Symbol.dispose]();
    await settled();
    expect([closed, uses.size]).toEqual([['b@1#2', 'a@1#1'], 2]);
  });

  test('that cannot be made fails for all who wait, and is tried again by the next', async () => {
    const { uses, closed } = setUp();
    const fail = () => uses.take({ id: 'a', version: '1' }, () => Promise.reject(new Error('broken')));
    const [one, two] = [fail(), fail()];
    await expect(one.value).rejects.toThrow('broken');
    await expect(two.value).rejects.toThrow('broken');
    one[Symbol.dispose]();
    two[Symbol.dispose]();
    await settled();
    expect([uses.size, closed]).toEqual([0, []]);
    expect(await uses.take({ id: 'a', version: '1' }, () => Promise.resolve('made')).value).toBe('made');
  });

  test('and unused is kept up to a number, the latest used', async () => {
    const { closed, take, uses } = setUp(2);
    const [a, b, c] = [take('a'), take('b'), take('c')];
    for (const use of [b, a, c]) use[Symbol.dispose]();
    await settled();
    expect([closed, uses.size]).toEqual([['b@1#2'], 2]);
  });

  test('knows when it is closed, and closes with all', async () => {
    const { clock, uses, closed, take } = setUp();
    let lifetime: AbortSignal | undefined;
    uses.take({ id: 'a', version: '1' }, (signal) => {
      lifetime = signal;
      return Promise.resolve('a');
    });
    take('b')[Symbol.dispose]();
    await uses.close();
    expect([closed.sort(), lifetime?.aborted, uses.size, clock.pending]).toEqual([['a', 'b@1#1'], true, 0, 0]);
    expect(() => take('a')).toThrow('the clients were closed');
  });
});
