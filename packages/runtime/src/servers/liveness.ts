import type { Clock } from '@gotk/apimachinery';

export interface Liveness extends Disposable {
  /** Why this process should be replaced; undefined when it should not. */
  notAlive(): string | undefined;
}

const BEAT_MS = 1_000;
/** A process that did not get to anything for so long missed what it promised: probes, deadlines, the renewal of its lease. */
const BLOCKED_MS = 30_000;
/** The kubelet's probes are 10 s apart: one of them learns of it. A process that does it again and again is replaced, one that was frozen once is not. */
const TOLD_MS = 10_000;

/**
 * Watches the event loop by a timer that should fire every second. While the loop is blocked no probe is answered, which is an answer; what shows here is
 * that it was, or that timers are starved while sockets are served.
 */
export function createLiveness({ clock }: { readonly clock: Clock }): Liveness {
  let beatAtMs = clock.monotonic();
  let gap = { ms: 0, endedAtMs: 0 };
  let timer: Disposable;

  const beat = () => {
    const nowMs = clock.monotonic();
    const ms = nowMs - beatAtMs - BEAT_MS;
    if (ms > BLOCKED_MS) gap = { ms, endedAtMs: nowMs };
    beatAtMs = nowMs;
    timer = clock.after(BEAT_MS, beat);
  };
  timer = clock.after(BEAT_MS, beat);

  return {
    notAlive() {
      const nowMs = clock.monotonic();
      const lateMs = nowMs - beatAtMs - BEAT_MS;
      if (lateMs > BLOCKED_MS) return `timers have been late for ${seconds(lateMs)} s`;
      if (gap.ms > 0 && nowMs - gap.endedAtMs <= TOLD_MS) return `the event loop was blocked for ${seconds(gap.ms)} s`;
      return undefined;
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}

const seconds = (ms: number): number => Math.round(ms / 1000);
