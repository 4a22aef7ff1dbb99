import type { Clock } from '@gotk/apimachinery';
import { ApiError, ConnectionError } from '@gotk/kube';

export interface OutageOptions {
  readonly clock: Clock;
  /** Called with when it began (monotonic milliseconds). */
  readonly onOver: (sinceMs: number) => void;
}

/** Tells when an API server that was in trouble is well again, from what it answers. */
export interface Outage {
  /** A request was answered, if only by a refusal. */
  answered(): void;
  failed(error: unknown): void;
}

/** Trouble that somebody else's requests pass through is that of a kind or of a webhook, not of the server. */
const SHORTEST_MS = 3_000;

/**
 * An outage begins with a request that the server did not answer, or could not, and is over with the next that it does; it counts as one when it has lasted for
 * some seconds without any that did.
 */
export function createOutage({ clock, onOver }: OutageOptions): Outage {
  let sinceMs: number | undefined;
  const answered = () => {
    const began = sinceMs;
    sinceMs = undefined;
    if (began !== undefined && clock.monotonic() - began >= SHORTEST_MS) onOver(began);
  };
  return {
    answered,
    failed(error) {
      if (isTrouble(error)) sinceMs ??= clock.monotonic();
      else if (error instanceof ApiError) answered();
    },
  };
}

const isTrouble = (error: unknown): boolean =>
  error instanceof ConnectionError || (error instanceof ApiError && (error.status >= 500 || error.status === 429));
