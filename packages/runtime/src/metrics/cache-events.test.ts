import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { cacheEvents } from './cache-events.ts';

test('hits and misses are counted by object, for as long as the object is there', async () => {
  const registry = new Registry();
  const events = cacheEvents(registry);
  const [one, other] = ['one', 'other'].map((name) => ({ namespace: 'apps', name })) as [Key, Key];
  events.count('cache_miss', one);
  events.count('cache_hit', one);
  events.count('cache_hit', one);
  events.count('cache_miss', other);
  expect(await registry.metrics()).toContain('gotk_cache_events_total{event_type="cache_hit",name="one",namespace="apps"} 2');
  events.forget(one);
  const left = (await registry.metrics()).split('\n').filter((line) => line.startsWith('gotk_'));
  expect(left).toEqual(['gotk_cache_events_total{event_type="cache_miss",name="other",namespace="apps"} 1']);
});

type Key = { readonly namespace: string; readonly name: string };
