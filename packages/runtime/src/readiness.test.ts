import { fakeClock, settled } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import type { Service } from './manager.ts';
import { createReadiness } from './readiness.ts';

function setUp() {
  const clock = fakeClock();
  const surroundings = { synced: true, services: [] as Service[], silentMs: 60_000, answer: (): Promise<void> => Promise.resolve() };
  let asked = 0;
  const probes = createReadiness({
    clock,
    synced: () => surroundings.synced,
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
  surroundings.synced = false;
  expect(await probes.notReady()).toBe('caches have not synced');
  expect(asked()).toBe(0);
});

test('is not ready while a service is not; one that says nothing is', async () => {
  const { probes, surroundings } = setUp();
  surroundings.services.push(
    service('quiet'),
    service('artifact-server', () => false),
  );
  expect(await probes.notReady()).toBe('artifact-server is not ready');
});

test('takes an answer that came a moment ago for one', async () => {
  const { probes, surroundings, asked } = setUp();
  surroundings.silentMs = 5_000;
  expect(await probes.notReady()).toBeUndefined();
  expect(asked()).toBe(0);
});

test('asks a server that has been silent, at most once in five seconds, and believes what it found', async () => {
  const { probes, surroundings, clock, asked } = setUp();
  surroundings.answer = () => Promise.reject(new Error('refused'));
  expect(await probes.notReady()).toBe('the API server does not answer');
  await clock.advance(5_000);
  expect(await probes.notReady()).toBe('the API server does not answer');
  expect(asked()).toBe(1);
  await clock.advance(1);
  surroundings.answer = () => Promise.resolve();
  expect(await probes.notReady()).toBeUndefined();
  expect(asked()).toBe(2);
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
