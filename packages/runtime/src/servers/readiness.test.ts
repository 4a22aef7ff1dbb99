import { fakeClock, settled } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import type { Service } from '../manager/manager.ts';
import { createReadiness } from './readiness.ts';

function setUp() {
  const clock = fakeClock();
  const surroundings = {
    unsynced: [] as string[],
    unserved: [] as string[],
    services: [] as Service[],
    silentMs: 60_000,
    answer: (): Promise<void> => Promise.resolve(),
  };
  let asked = 0;
  const probes = createReadiness({
    clock,
    unsynced: () => surroundings.unsynced,
    unserved: () => surroundings.unserved,
    services: () => surroundings.services,
    silentForMs: () => surroundings.silentMs,
    ask: () => {
      asked += 1;
      return surroundings.answer();
    },
  });
  return { clock, surroundings, probes, asked: () => asked };
}

const service = (name: string, ready?: () => boolean): Service => ({
  name,
  leaderOnly: false,
  run: () => Promise.resolve(),
  ...(ready === undefined ? {} : { ready }),
});

test('is ready when the server answers', async () => {
  const { probes } = setUp();
  expect(await probes.notReady()).toBeUndefined();
});

test('is not ready before the caches are synced, and asks nobody', async () => {
  const { probes, surroundings, asked } = setUp();
  surroundings.unsynced = ['Widget', 'Secret', 'Widget'];
  expect(await probes.notReady()).toBe('caches have not synced: Widget, Secret');
  expect(asked()).toBe(0);
});

test('is not ready while what it reconciles is not served', async () => {
  const { probes, surroundings } = setUp();
  surroundings.unserved = ['Widget'];
  expect(await probes.notReady()).toBe('the API server does not serve: Widget');
});

test('is not ready while a service is not; one that says nothing is', async () => {
  const { probes, surroundings } = setUp();
  surroundings.services.push(
    service('quiet'),
    service('artifact-server', () => false),
  );
  expect(await probes.notReady()).toBe('artifact-server is not ready');
});

test('takes an answer that came this very moment for one', async () => {
  const { probes, surroundings, asked } = setUp();
  surroundings.silentMs = 250;
  expect(await probes.notReady()).toBeUndefined();
  expect(asked()).toBe(0);
});

test('with a probe every 10 s, a server that is frozen right after one shows in the next, which need not wait', async () => {
  const { probes, surroundings, clock } = setUp();
  expect(await probes.notReady()).toBeUndefined();
  surroundings.answer = () => clock.sleep(900).then(() => Promise.reject(new Error('timeout')));
  await clock.advance(10_000);
  const answeredAtMs = clock.monotonic();
  expect(await probes.notReady()).toBe('the API server does not answer');
  expect(clock.monotonic()).toBe(answeredAtMs);
});

test('a server that comes back shows in the next probe but one at the latest', async () => {
  const { probes, surroundings, clock } = setUp();
  surroundings.answer = () => Promise.reject(new Error('refused'));
  expect(await probes.notReady()).toBe('the API server does not answer');
  await clock.advance(10_000);
  surroundings.answer = () => Promise.resolve();
  await probes.notReady();
  await clock.advance(10_000);
  expect(await probes.notReady()).toBeUndefined();
});

test('a failed question counts for nothing when the server has answered somebody else meanwhile', async () => {
  const { probes, surroundings, clock } = setUp();
  surroundings.answer = async () => {
    await clock.sleep(900);
    surroundings.silentMs = 600;
    throw new Error('timeout');
  };
  const probing = probes.notReady();
  await clock.advance(900);
  expect(await probing).toBeUndefined();
});

test('asks once for a probe and once after it, and nothing when nobody probes', async () => {
  const { probes, clock, asked } = setUp();
  await probes.notReady();
  await clock.advance(3_600_000);
  expect([asked(), clock.pending]).toEqual([2, 0]);
});

test('many who ask at once share one question', async () => {
  const { probes, surroundings, asked } = setUp();
  const answer = Promise.withResolvers<void>();
  surroundings.answer = () => answer.promise;
  const answers = Promise.all([probes.notReady(), probes.notReady(), probes.notReady()]);
  await settled();
  answer.reject(new Error('refused'));
  expect(new Set(await answers)).toEqual(new Set(['the API server does not answer']));
  expect(asked()).toBe(1);
});
