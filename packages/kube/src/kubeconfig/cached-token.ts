import type { Clock } from '@gotk/apimachinery';
import type { ClusterConnection } from '../connection.ts';

export interface ReadToken {
  readonly token: string | undefined;
  /** When to read again; on the monotonic clock, like the others. */
  readonly untilMs: number;
  /** Until when it still serves should reading again fail; absent: `untilMs`. */
  readonly endsMs?: number;
  /** Before this, reading again because it was refused would bring no better one; absent: it always may. */
  readonly newUntilMs?: number;
}

/** After a failure to read ahead of time. */
const RETRY_MS = 10_000;

/** Remembers a token until it is due or was refused. One read serves all who ask meanwhile; a read that failed is not remembered. */
export function cachedToken(read: () => Promise<ReadToken>, clock: Clock): NonNullable<ClusterConnection['token']> {
  let reading: Promise<ReadToken> | undefined;
  let held: ReadToken | undefined;
  const isDue = (now: number, fresh: boolean): boolean => {
    if (held === undefined) return true;
    return fresh ? now >= (held.newUntilMs ?? now) : now >= held.untilMs;
  };
  return async ({ fresh } = { fresh: false }) => {
    if (held !== undefined && !isDue(clock.monotonic(), fresh)) return held.token;
    // Nobody is given again what was refused, whether or not there is a new one.
    if (fresh) held = undefined;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    try {
      held = await reading;
    } catch (error) {
      const now = clock.monotonic();
      if (held === undefined || now >= (held.endsMs ?? held.untilMs)) throw error;
      held = { ...held, untilMs: Math.min(now + RETRY_MS, held.endsMs ?? held.untilMs) };
    }
    return held.token;
  };
}
