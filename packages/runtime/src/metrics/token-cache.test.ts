import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { createTokenCache } from '@gotk/auth';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { tokenCacheMetrics } from './token-cache.ts';

test('a token cache counts what dashboards of Flux show', async () => {
  const registry = new Registry();
  const clock = fakeClock();
  const cache = createTokenCache({ clock, maxSize: 1, metrics: tokenCacheMetrics(registry) });
  const subject = { kind: 'OCIRepository', name: 'app', namespace: 'apps', operation: 'reconcile' };
  const { signal } = new AbortController();
  const issue = async () => ({ expiresAtMs: clock.now() + 3_600_000 });
  await cache.get(['a'], issue, { signal, subject });
  await cache.get(['a'], issue, { signal, subject });
  await cache.get(['b'], issue, { signal, subject });
  await cache.get(['c'], () => Promise.reject(new Error('no')), { signal, subject }).catch(() => undefined);
  const text = await registry.metrics();
  const labels = 'kind="OCIRepository",name="app",namespace="apps",operation="reconcile"';
  for (const line of [
    `gotk_token_cache_events_total{event_type="cache_hit",${labels}} 1`,
    `gotk_token_cache_events_total{event_type="cache_miss",${labels}} 3`,
    'gotk_token_cache_requests_total{status="success"} 3',
    'gotk_token_cache_requests_total{status="failure"} 1',
    'gotk_token_cache_evictions_total 1',
    'gotk_token_cached_items 1',
  ])
    expect(text).toContain(line);
});
