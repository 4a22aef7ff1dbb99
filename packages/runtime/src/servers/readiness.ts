import type { Clock } from '@gotk/apimachinery';
import type { Service } from '../manager/manager.ts';

export interface ReadinessOptions {
  readonly clock: Clock;
  /** The kinds whose objects have not all been seen yet. */
  readonly unsynced: () => readonly string[];
  /** The kinds without which there is nothing to do, and which the server does not have. */
  readonly unserved: () => readonly string[];
  readonly services: () => readonly Service[];
  /** Milliseconds since the API server last answered. */
  readonly silentForMs: () => number;
  /** Asks the API server for something that costs it nothing; rejects when it does not answer, and does so in less time than a probe has. */
  readonly ask: () => Promise<void>;
}

export interface Readiness extends Disposable {
  /** Why this process is not ready; undefined when it is. */
  notReady(): Promise<string | undefined>;
}

/** An answer is believed for no longer than it takes to ask again: many probes at once are one question, the next probe is another. */
const FRESH_MS = 250;

/**
 * How long after a probe the server is asked once more, without anybody waiting for it. A server lost right after a probe is known to be so when the
 * next one comes (the kubelet's are 10 s apart), which then has no timeout to wait for.
 */
const AGAIN_MS = 5_000;

/**
 * Ready means: the caches are synced, what is reconciled is served, the services say so, and the API server answers. Whether this process leads does not matter.
 *
 * Watches cannot tell: one that is quiet and one whose server is gone look the same for a minute. So whoever asks for readiness makes us ask the server.
 * A process that nobody probes asks nothing.
 */
export function createReadiness({ clock, unsynced, unserved, services, silentForMs, ask }: ReadinessOptions): Readiness {
  let asking: Promise<void> | undefined;
  let lost = false;
  let again: Disposable | undefined;

  const askOnce = async (): Promise<void> => {
    const askedMs = clock.monotonic();
    try {
      await ask();
      lost = false;
    } catch {
      // A server that is slow to answer this, and has answered something else meanwhile, is not gone.
      lost = silentForMs() > clock.monotonic() - askedMs;
    }
    asking = undefined;
  };
  const askServer = (): Promise<void> => {
    asking ??= askOnce();
    return asking;
  };
  const askLater = () => {
    again?.[Symbol.dispose]();
    again = clock.after(AGAIN_MS, () => void askServer());
  };

  return {
    async notReady() {
      for (const [what, kinds] of [
        ['caches have not synced', unsynced()],
        ['the API server does not serve', unserved()],
      ] as const) {
        if (kinds.length > 0) return `${what}: ${[...new Set(kinds)].join(', ')}`;
      }
      const waiting = services().find(({ ready }) => ready?.() === false);
      if (waiting !== undefined) return `${waiting.name} is not ready`;
      askLater();
      if (silentForMs() <= FRESH_MS) {
        lost = false;
        return undefined;
      }
      // Who is known to be gone is asked as well, for the sake of the next probe; this one has its answer.
      const answered = askServer();
      if (!lost) await answered;
      return lost ? 'the API server does not answer' : undefined;
    },
    [Symbol.dispose]: () => again?.[Symbol.dispose](),
  };
}
