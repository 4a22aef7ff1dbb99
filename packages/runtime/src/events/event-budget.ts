import type { Clock } from '@gotk/apimachinery';

/** How many events an object may write: client-go's spam filter, 25 at once, then one every five minutes. */
export interface EventBudget {
  /** Whether this object may write one more now; if so, it has. */
  allows(uid: string): boolean;
}

const BURST = 25;
const REFILL_MS = 300_000;
const MAX_OBJECTS = 10_000;

export function createEventBudget({ clock }: { readonly clock: Clock }): EventBudget {
  // When the budget of an object will be whole again: all there is to know of it.
  const wholeAt = new Map<string, number>();
  return {
    allows(uid) {
      const now = clock.monotonic();
      const spentMs = Math.max(now, wholeAt.get(uid) ?? now) - now;
      if (spentMs + REFILL_MS > BURST * REFILL_MS) return false;
      wholeAt.set(uid, now + spentMs + REFILL_MS);
      if (wholeAt.size > MAX_OBJECTS) for (const [other, at] of wholeAt) if (at <= now || wholeAt.size > MAX_OBJECTS) wholeAt.delete(other);
      return true;
    },
  };
}
