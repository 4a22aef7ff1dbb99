import type { TokenCacheMetrics } from '@gotk/auth';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What a token cache does, under upstream's names (contract 0.4): `createTokenCache({ …, metrics: tokenCacheMetrics(manager.metrics) })`. Once a registry. */
export function tokenCacheMetrics(registry: Registry): TokenCacheMetrics {
  const registers = [registry];
  const events = new Counter({
    name: 'gotk_token_cache_events_total',
    help: 'How often a reconciliation found a token in the cache, or did not.',
    labelNames: ['event_type', 'kind', 'name', 'namespace', 'operation'],
    registers,
  });
  const requests = new Counter({
    name: 'gotk_token_cache_requests_total',
    help: 'How often a token was asked of the cache, by whether it had one or got one.',
    labelNames: ['status'],
    registers,
  });
  const evictions = new Counter({
    name: 'gotk_token_cache_evictions_total',
    help: 'Tokens that were let go of to make room.',
    registers,
  });
  const items = new Gauge({ name: 'gotk_token_cached_items', help: 'Tokens in the cache.', registers });
  return {
    event: (type, { kind, name, namespace, operation }) => events.inc({ event_type: type, kind, name, namespace, operation }),
    request: (status) => requests.inc({ status }),
    eviction: () => evictions.inc(),
    items: (count) => items.set(count),
  };
}
