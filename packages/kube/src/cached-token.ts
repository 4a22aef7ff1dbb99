import type { Clock } from '@gotk/apimachinery';
import type { ClusterConnection } from './connection.ts';

export interface ReadToken {
  readonly token: string | undefined;
  /** When to read again; on the monotonic clock. */
  readonly untilMs: number;
}

/** Remembers a token until it is due or was refused. One read serves all who ask meanwhile; a read that failed is not remembered. */
export function cachedToken(read: () => Promise<ReadToken>, clock: Clock): NonNullable<ClusterConnection['token']> {
  let reading: Promise<ReadToken> | undefined;
  let held: ReadToken | undefined;
  return async ({ fresh } = { fresh: false }) => {
    if (!fresh && held !== undefined && clock.monotonic() < held.untilMs) return held.token;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    held = await reading;
    return held.token;
  };
}
