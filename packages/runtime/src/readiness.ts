import type { Clock } from '@gotk/apimachinery';
import type { Service } from './manager.ts';
import type { Probes } from './servers.ts';

export interface ReadinessOptions {
  readonly clock: Clock;
  readonly synced: () => boolean;
  readonly services: () => readonly Service[];
  /** Milliseconds since the API server last answered. */
  readonly silentForMs: () => number;
  /** Asks the API server for something that costs it nothing; rejects when it does not answer. */
  readonly ask: () => Promise<void>;
}

/** An answer from the API server is taken to hold for so long: with a probe every 10 s, a server that is lost shows in the next one. */
const FRESH_MS = 5_000;

/**
 * Ready means: the caches are synced, the services say so, and the API server answers.
 *
 * Watches cannot tell: one that is quiet and one whose server is gone look the same for a minute. So whoever asks for readiness makes us ask the server,
 * unless it answered something else a moment ago.
 */
export function createReadiness({ clock, synced, services, silentForMs, ask }: ReadinessOptions): Probes {
  let asking: Promise<void> | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let answers = true;

  const askServer = async (): Promise<void> => {
    try {
      await ask();
      answers = true;
    } catch {
      answers = false;
    }
    askedAtMs = clock.monotonic();
    asking = undefined;
  };

  return {
    async notReady() {
      if (!synced()) return 'caches have not synced';
      const waiting = services().find(({ ready }) => ready?.() === false);
      if (waiting !== undefined) return `${waiting.name} is not ready`;
      if (silentForMs() <= FRESH_MS) return undefined;
      if (clock.monotonic() - askedAtMs > FRESH_MS) {
        asking ??= askServer();
        await asking;
      }
      return answers ? undefined : 'the API server does not answer';
    },
  };
}
