import type { Lane } from './options.ts';

export interface Policy {
  /** Tasks at once. */
  readonly size: number;
  readonly slowSize: number;
  /** A further thread is worth its memory when those that there are have kept a task waiting for so long; most take a few milliseconds. */
  readonly patienceMs: number;
  /** A task that takes longer while others wait goes on in the slow lane; see `quantumFor`. */
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
  /** It can be started again in the slow lane, and nothing but time is lost. */
  readonly repeatable: boolean;
}

export interface View {
  readonly fast: { readonly waiting: number; readonly longestMs: number };
  readonly slow: { readonly waiting: number };
  readonly running: readonly Running[];
  /** Threads that rest, and those that are on their way. */
  readonly idle: number;
  readonly starting: number;
}

export type Move =
  /** A thread that rests takes the next task of the lane. */
  | { readonly kind: 'use'; readonly lane: Lane }
  /** A new thread is started; it rests when it is there. */
  | { readonly kind: 'open' }
  /** The task goes on in the slow lane: its place in the fast one is free. */
  | { readonly kind: 'slow-down'; readonly thread: number }
  /** The task is ended to make room, and started again in the slow lane if it is repeatable. */
  | { readonly kind: 'evict'; readonly thread: number }
  /** Nothing to do until something happens, or until then. */
  | { readonly kind: 'rest'; readonly againMs: number | undefined };

const MIN_QUANTUM_MS = 100;
const MAX_QUANTUM_MS = 2_000;
const TYPICAL_TASKS = 4;
/** Having run so many quanta is worth a second start rather than everybody's wait, when the slow lane is full. */
const QUANTA_TO_REPEAT = 2;

/** What is long depends on what is usual: where builds take half a second, moving each of them would cost more than it helps. */
export const quantumFor = (typicalMs: number): number => Math.min(MAX_QUANTUM_MS, Math.max(MIN_QUANTUM_MS, TYPICAL_TASKS * typicalMs));

/** The next thing that the pool does: first for those who wait for the fast lane, then for suspects. */
export function decide(view: View, policy: Policy): Move {
  const { fast, slow, running } = view;
  const slowIsFull = running.filter(({ lane }) => lane === 'slow').length >= policy.slowSize;
  const move = fast.waiting === 0 ? undefined : serveFast(view, policy, slowIsFull);
  if (move !== undefined) return move;
  if (slow.waiting > 0 && !slowIsFull) {
    if (view.idle > 0) return { kind: 'use', lane: 'slow' };
    if (view.starting === 0) return { kind: 'open' };
  }
  return { kind: 'rest', againMs: fast.waiting > 0 ? nextLookMs(view, policy) : undefined };
}

function serveFast({ fast, running, idle, starting }: View, policy: Policy, slowIsFull: boolean): Move | undefined {
  const inFast = running.filter(({ lane }) => lane === 'fast');
  // One start at a time: it is what a thread costs, and the next may not be needed.
  const needsThread = idle + starting === 0;
  if (inFast.length < policy.size) {
    if (idle > 0) return { kind: 'use', lane: 'fast' };
    return needsThread && (inFast.length === 0 || fast.longestMs >= policy.patienceMs) ? { kind: 'open' } : undefined;
  }
  const late = most(inFast, ({ ranMs }) => ranMs);
  if (late === undefined) return undefined;
  // Half way to its quantum, so that the thread to come is there when the place is free.
  if (needsThread && late.ranMs >= policy.quantumMs / 2) return { kind: 'open' };
  if (late.ranMs < policy.quantumMs) return undefined;
  if (!slowIsFull) return { kind: 'slow-down', thread: late.thread };
  const victim = victimOf(running, policy);
  return victim && { kind: 'evict', thread: victim.thread };
}

/** Who gives way when the slow lane is full: a late task that can be started again, or else whose owner has used most, whichever lane that is in. */
function victimOf(running: readonly Running[], { quantumMs, fairShareMs }: Policy): Running | undefined {
  const again = running.filter(({ lane, repeatable, ranMs }) => lane === 'fast' && repeatable && ranMs >= QUANTA_TO_REPEAT * quantumMs);
  const greedy = running.filter(({ lane, ranMs, usedMs }) => usedMs >= fairShareMs && (lane === 'slow' || ranMs >= quantumMs));
  return most(again, ({ ranMs }) => ranMs) ?? most(greedy, ({ usedMs }) => usedMs);
}

/** When time alone can change the decision; undefined: it cannot. */
function nextLookMs({ fast, running }: View, { patienceMs, quantumMs, fairShareMs }: Policy): number | undefined {
  const marks = [quantumMs / 2, quantumMs, QUANTA_TO_REPEAT * quantumMs];
  const ahead = [
    patienceMs - fast.longestMs,
    ...running.flatMap(({ lane, ranMs, usedMs }) => [fairShareMs - usedMs, ...(lane === 'fast' ? marks.map((mark) => mark - ranMs) : [])]),
  ].filter((ms) => ms > 0);
  return ahead.length === 0 ? undefined : Math.ceil(Math.min(...ahead));
}

function most<T>(items: readonly T[], by: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>((top, item) => (top === undefined || by(item) > by(top) ? item : top), undefined);
}
