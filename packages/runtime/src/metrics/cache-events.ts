import type { ObjectKey } from '@gotk/apimachinery';
import { Counter, type Registry } from 'prom-client';

/** How often what an object stands for was known already when somebody asked. */
export interface CacheEvents {
  count(event: 'cache_hit' | 'cache_miss', object: ObjectKey): void;
  /** The object is gone: so are its series. */
  forget(object: ObjectKey): void;
}

/** Under upstream's name (contract 0.4). Once a registry. */
export function cacheEvents(registry: Registry): CacheEvents {
  const events = new Counter({
    name: 'gotk_cache_events_total',
    help: 'How often a reconciliation found what it needed in the cache, or did not.',
    labelNames: ['event_type', 'name', 'namespace'],
    registers: [registry],
  });
  return {
    count: (event, { namespace, name }) => events.inc({ event_type: event, name, namespace }),
    forget({ namespace, name }) {
      for (const event of ['cache_hit', 'cache_miss']) events.remove({ event_type: event, name, namespace });
    },
  };
}
