import { createHash } from 'node:crypto';
import type { Clock } from '@gotk/apimachinery';
import { createJointWork } from './joint-work.ts';

/** What is good until some time, in milliseconds since the epoch. */
export interface Expiring {
  readonly expiresAtMs: number;
}

/** The object that a token is fetched for. */
export interface CacheSubject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Such as `reconcile`. */
  readonly operation: string;
}

/** What `gotk_token_cache_*` are made of; upstream's names. */
export interface TokenCacheMetrics {
  event(type: 'cache_hit' | 'cache_miss', subject: CacheSubject): void;
  request(status: 'success' | 'failure'): void;
  eviction(): void;
  items(count: number): void;
}

export interface TokenCacheOptions {
  readonly clock: Clock;
  /** In tokens; 100 unless told, 0 keeps none. */
  readonly maxSize?: number;
  /** An hour unless told, and at most. */
  readonly maxDurationMs?: number;
  readonly metrics?: TokenCacheMetrics;
}

export interface TokenRequest {
  readonly signal: AbortSignal;
  /** Absent: events are not counted. */
  readonly subject?: CacheSubject | undefined;
}

export interface TokenCache {
  /**
   * The token of a key, fetched if there is none. Whoever asks meanwhile waits for the same fetch, which is aborted when nobody waits for
   * it any more. `key` has to hold everything that decides the token, and its type: provider, identity, audience, scope, address. Failures
   * are not remembered.
   */
  get<T extends Expiring>(key: readonly string[], fetch: (signal: AbortSignal) => Promise<T>, request: TokenRequest): Promise<T>;
  /** Forgets a token that turned out to be good for nothing. */
  drop(key: readonly string[]): void;
}

const HOUR_MS = 3_600_000;
/** Of a token's life, which is used: one that ends on the way is of no use. Upstream's. */
const USED = 0.8;

interface Item {
  readonly token: Expiring;
  readonly untilMs: number;
  readonly untilMonotonicMs: number;
}

/** Tokens, the least recently used of which go when there are too many. */
export function createTokenCache({ clock, maxSize = 100, maxDurationMs = HOUR_MS, metrics }: TokenCacheOptions): TokenCache {
  // In the order of use: the first is the one to go.
  const items = new Map<string, Item>();
  const fetches = createJointWork<Expiring>();

  // Both clocks have to agree: the one is set back, the other stands still while a machine sleeps.
  const isGood = ({ untilMs, untilMonotonicMs }: Item) => clock.now() < untilMs && clock.monotonic() < untilMonotonicMs;

  const keep = (id: string, token: Expiring): void => {
    const lifeMs = Math.min((token.expiresAtMs - clock.now()) * USED, maxDurationMs, HOUR_MS);
    if (lifeMs <= 0 || maxSize <= 0) return;
    items.delete(id);
    items.set(id, { token, untilMs: clock.now() + lifeMs, untilMonotonicMs: clock.monotonic() + lifeMs });
    for (const oldest of items.keys()) {
      if (items.size <= maxSize) break;
      items.delete(oldest);
      metrics?.eviction();
    }
    metrics?.items(items.size);
  };
  const remove = (id: string): void => {
    if (items.delete(id)) metrics?.items(items.size);
  };

  const find = (id: string): Item | undefined => {
    const item = items.get(id);
    if (item === undefined) return undefined;
    items.delete(id);
    if (isGood(item)) {
      items.set(id, item);
      return item;
    }
    metrics?.items(items.size);
    return undefined;
  };

  return {
    async get<T extends Expiring>(key: readonly string[], fetch: (signal: AbortSignal) => Promise<T>, { signal, subject }: TokenRequest) {
      signal.throwIfAborted();
      const id = idOf(key);
      const found = find(id);
      const joined = found === undefined && fetches.has(id);
      if (subject !== undefined) metrics?.event(found === undefined && !joined ? 'cache_miss' : 'cache_hit', subject);
      try {
        const token =
          found?.token ??
          (await fetches.join(id, signal, async (shared) => {
            const fetched = await fetch(shared);
            keep(id, fetched);
            return fetched;
          }));
        metrics?.request('success');
        // The key says what it is a token for, and so of which type.
        return token as T;
      } catch (error) {
        metrics?.request('failure');
        throw error;
      }
    },
    drop: (key) => remove(idOf(key)),
  };
}

/** Private keys are part of keys: what is kept does not show them. */
const idOf = (key: readonly string[]): string => createHash('sha256').update(JSON.stringify(key)).digest('base64');
