import { latest } from '@gotk/apimachinery';

/** What is remembered of an owner whose tasks cost others something. */
export interface Conduct {
  /** Tasks in a row that ended with their thread: by deadline, memory or crash. */
  readonly strikes: number;
  /** Thread time of late, as of `atMs`: half of it is forgotten each minute. */
  readonly usedMs: number;
  readonly atMs: number;
}

/** How a task ended, as far as it says something about its owner. An abort is nobody's fault. */
export type Verdict = 'good' | 'bad' | 'neutral';

const HALF_LIFE_MS = 60_000;
/** Each of these may still have been bad luck, such as a machine under load. */
const FREE_STRIKES = 2;
const FIRST_PAUSE_MS = 10_000;
const MAX_PAUSE_MS = 5 * 60_000;

export const UNKNOWN: Conduct = { strikes: 0, usedMs: 0, atMs: 0 };

export const usedMs = ({ usedMs, atMs }: Conduct, nowMs: number): number => usedMs * 0.5 ** ((nowMs - atMs) / HALF_LIFE_MS);

/** A success forgives all strikes: what was wrong has been mended. */
export function afterTask(
  conduct: Conduct,
  verdict: Verdict,
  { ranMs, nowMs }: { readonly ranMs: number; readonly nowMs: number },
): Conduct {
  const strikes = verdict === 'good' ? 0 : conduct.strikes + (verdict === 'bad' ? 1 : 0);
  return { strikes, usedMs: usedMs(conduct, nowMs) + ranMs, atMs: nowMs };
}

/** Whose last task ended badly starts in the slow lane. */
export const isSuspect = ({ strikes }: Conduct): boolean => strikes > 0;

/**
 * For how long tasks of an owner are refused from now on; 0: not at all. From the third strike in a row on, 10 s, doubled by each further one up to 5 min: a task
 * that kills its thread whenever it is retried must not keep the processor busy with starting threads.
 */
export function refusedForMs({ strikes, atMs }: Conduct, nowMs: number): number {
  if (strikes <= FREE_STRIKES) return 0;
  const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (strikes - FREE_STRIKES - 1));
  return Math.max(0, atMs + pauseMs - nowMs);
}

/** The conduct of owners, the `capacity` most recent ones: it has to be small, not complete. */
export interface Register {
  of(owner: string): Conduct;
  record(owner: string, conduct: Conduct): void;
}

export function createRegister(capacity = 1_000): Register {
  const owners = latest<string, Conduct>(capacity);
  return {
    of: (owner) => owners.get(owner) ?? UNKNOWN,
    record(owner, conduct) {
      // Thousands of owners with short tasks must not push out the few that are remembered for a reason.
      if (conduct.strikes > 0 || conduct.usedMs >= 1_000) owners.set(owner, conduct);
      else owners.delete(owner);
    },
  };
}
