import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { cachedToken } from './cached-token.ts';

function setUp() {
  const clock = fakeClock();
  let reads = 0;
  const source = {
    read: (): Promise<string | undefined> => Promise.resolve(`token-${reads}`),
    life: {} as { endsMs?: number; newUntilMs?: number },
  };
  const token = cachedToken(async () => {
    reads += 1;
    return { token: await source.read(), untilMs: clock.monotonic() + 60_000, ...source.life };
  }, clock);
  return { clock, source, token, reads: () => reads };
}

test('is read once until it is due', async () => {
  const { clock, token } = setUp();
  expect(await token()).toBe('token-1');
  await clock.advance(59_999);
  expect(await token()).toBe('token-1');
  await clock.advance(1);
  expect(await token()).toBe('token-2');
});

test('is read again when it was refused', async () => {
  const { token } = setUp();
  await token();
  expect(await token({ fresh: true })).toBe('token-2');
  expect(await token()).toBe('token-2');
});

test('one read serves all who ask meanwhile', async () => {
  const { token, reads } = setUp();
  expect(await Promise.all([token(), token(), token({ fresh: true })])).toEqual(['token-1', 'token-1', 'token-1']);
  expect(reads()).toBe(1);
});

test('a read that failed is not remembered', async () => {
  const { source, token } = setUp();
  const { read } = source;
  source.read = () => Promise.reject(new Error('no such file'));
  await expect(token()).rejects.toThrow('no such file');
  source.read = read;
  expect(await token()).toBe('token-2');
});

test('no token is an answer as well', async () => {
  const { source, token, reads } = setUp();
  source.read = () => Promise.resolve(undefined);
  expect([await token(), await token(), reads()]).toEqual([undefined, undefined, 1]);
});

test('a token that was refused is not given again, even when there is no other', async () => {
  const { source, token } = setUp();
  await token();
  source.read = () => Promise.reject(new Error('no such file'));
  await expect(token({ fresh: true })).rejects.toThrow('no such file');
  await expect(token()).rejects.toThrow('no such file');
});

test('a token that is due but has not ended serves on while no other can be had', async () => {
  const { clock, source, token, reads } = setUp();
  source.life = { endsMs: clock.monotonic() + 75_000 };
  await token();
  source.read = () => Promise.reject(new Error('no answer'));
  await clock.advance(60_000);
  expect([await token(), await token(), reads()]).toEqual(['token-1', 'token-1', 2]);
  await clock.advance(10_000);
  expect([await token(), reads()]).toEqual(['token-1', 3]);
  await clock.advance(5_000);
  await expect(token()).rejects.toThrow('no answer');
});

test('a new token that is refused is not replaced by a newer one at once', async () => {
  const { clock, source, token } = setUp();
  source.life = { newUntilMs: clock.monotonic() + 10_000 };
  await token();
  expect(await token({ fresh: true })).toBe('token-1');
  await clock.advance(10_000);
  expect(await token({ fresh: true })).toBe('token-2');
});
