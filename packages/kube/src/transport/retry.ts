import type { ApiError } from '../errors.ts';

export type Verdict =
  | { readonly kind: 'give-up' }
  /** The token was refused: ask for a new one and try once more. */
  | { readonly kind: 'renew-token' }
  | { readonly kind: 'wait'; readonly ms: number };

export interface Attempt {
  /** Carrying the request out twice has the same effect as once. */
  readonly repeatable: boolean;
  /** How often the request has waited already. */
  readonly waits: number;
  /** Another token may be had: there are tokens, and this one was not asked for freshly. */
  readonly renewable: boolean;
}

const MAX_WAITS = 5;
/** Longer than this is for the caller to decide: whoever reconciles has other objects to work on meanwhile. */
const MAX_WAIT_MS = 10_000;
const MIN_WAIT_MS = 200;

/**
 * What to do about a refusal.
 *
 * 429 is given before anything is carried out, so every request may be repeated. 503 is also what a server or a proxy says that lost another one halfway:
 * only what is repeatable is repeated. Everything else is an answer.
 */
export function afterRefusal(error: ApiError, { repeatable, waits, renewable }: Attempt): Verdict {
  if (error.status === 401 && renewable) return { kind: 'renew-token' };
  const mayRepeat = error.status === 429 || (error.status === 503 && repeatable);
  if (!mayRepeat || error.retryAfterMs === undefined || error.retryAfterMs > MAX_WAIT_MS || waits >= MAX_WAITS) return { kind: 'give-up' };
  return { kind: 'wait', ms: Math.max(MIN_WAIT_MS, error.retryAfterMs) };
}
