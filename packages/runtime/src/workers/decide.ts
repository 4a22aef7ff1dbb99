import type { Lane } from './options.ts';

export interface Policy {
  /** Tasks at once. */
  readonly size: number;
  readonly slowSize: number;
  /** A further thread is worth its memory when those that there are have kept a task waiting for so long; most take a few milliseconds. */
  readonly patienceMs: number;
  /** A task that took longer while others wait goes on in the slow lane. */
  readonly quantumMs: number;
  /** An owner that has had more thread time of late may have a task ended to make room; less is what honest work takes. */
  readonly fairShareMs: number;
}

/** One task at work. */
export interface Running {
  readonly thread: number;
  readonly lane: Lane;
  readonly ranMs: number;
  /** Thread time that its owner has had of late, this task included. */
  readonly usedMs: number;
}

export interface View {
  readonly fast: { readonly waiting: number; readonly longestMs: number; readonly idleThreads: number };
  readonly slow: { readonly waiting: number };
  readonly running: readonly Running[];
}

export type Move =
  /** A thread that rests takes the next task of the fast lane. */
  | { readonly kind: 'use' }
  /** A new thread takes the next task of the lane. */
  | { readonly kind: 'open'; readonly lane: Lane }
  /** A new thread rests, so that its start keeps nobody waiting later. */
  | { readonly kind: 'warm' }
  /** The task goes on in the slow lane: its place in the fast one is free. */
  | { readonly kind: 'slow-down'; readonly thread: number }
  /** The task is ended to make room. */
  | { readonly kind: 'evict'; readonly thread: number }
  /** Nothing to do until something happens, or until then. */
  | { readonly kind: 'rest'; readonly againMs: number | undefined };

/**
 * The next thing that the pool does. Nobody in the fast lane is ever ended for being slow as long as the slow lane has room; when that is full, the owner that has
 * used most gives way, whichever lane it is in.
 */
export function decide(view: View, policy: Policy): Move {
  const { fast, slow, running } = view;
  const inFast = running.filter(({ lane }) => lane === 'fast');
  const inSlow = running.filter(({ lane }) => lane === 'slow');
  const slowIsFull = inSlow.length >= policy.slowSize;
  const impatient = fast.waiting > 0 && fast.longestMs >= policy.patienceMs;

  if (fast.waiting > 0 && inFast.length < policy.size) {
    if (fast.idleThreads > 0) return { kind: 'use' };
    if (inFast.length === 0 || impatient) return { kind: 'open', lane: 'fast' };
  } else if (impatient) {
    // The slow lane in use says that places in the fast one become free before its threads do.
    if (fast.idleThreads === 0 && inSlow.length > 0) return { kind: 'warm' };
    const late = most(inFast, ({ ranMs }) => ranMs);
    if (late !== undefined && late.ranMs >= policy.quantumMs) {
      if (!slowIsFull) return { kind: 'slow-down', thread: late.thread };
      const greediest = most([...inSlow, late], ({ usedMs }) => usedMs);
      if (greediest !== undefined && greediest.usedMs >= policy.fairShareMs) return { kind: 'evict', thread: greediest.thread };
    }
  }
  if (slow.waiting > 0 && !slowIsFull) return { kind: 'open', lane: 'slow' };
  return { kind: 'rest', againMs: fast.waiting > 0 ? nextLookMs(view, policy) : undefined };
}

/** When time alone can change the decision; undefined: it cannot. */
function nextLookMs({ fast, running }: View, { patienceMs, quantumMs, fairShareMs }: Policy): number | undefined {
  const ahead = [
    patienceMs - fast.longestMs,
    ...running.flatMap(({ lane, ranMs, usedMs }) => [...(lane === 'fast' ? [quantumMs - ranMs] : []), fairShareMs - usedMs]),
  ].filter((ms) => ms > 0);
  return ahead.length === 0 ? undefined : Math.ceil(Math.min(...ahead));
}

function most<T>(items: readonly T[], by: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>((top, item) => (top === undefined || by(item) > by(top) ? item : top), undefined);
}
