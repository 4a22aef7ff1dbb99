import type { Clock } from '@gotk/apimachinery';
import { exceeded, LOOKS, type Memory, type MemoryLimits, WATCH_EVERY_MS, WATCHED_AFTER_MS } from './memory.ts';
import type { TaskOptions } from './options.ts';
import type { Ending } from './task-end.ts';
import type { Thread } from './thread.ts';

/** What a caller asked for. */
export interface Job {
  readonly task: string;
  readonly input: unknown;
  readonly options: TaskOptions;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** One task in its thread, from `begin` to the first of all that can end it. */
export interface TaskRun {
  readonly job: Job;
  readonly startedMs: number;
  /** As of the last look; undefined before the first. */
  readonly memory: Memory | undefined;
  /** For how long the last look has waited for an answer; 0: it has one. */
  readonly unansweredMs: number;
  begin(): void;
  end(ending: Ending): void;
}

export interface TaskRunOptions {
  readonly job: Job;
  readonly thread: Thread;
  readonly clock: Clock;
  readonly limits: MemoryLimits;
  /** It has been running for long enough to be looked at, and is in its own bounds as far as is known. */
  readonly onLook: () => void;
  /** Exactly once. */
  readonly onEnd: (ending: Ending, ranMs: number) => void;
}

export function createTaskRun({ job, thread, clock, limits, onLook, onEnd }: TaskRunOptions): TaskRun {
  const { task, input, options } = job;
  const { signal, deadlineMs, transfer = [] } = options;
  let looks: readonly Memory[] = [];
  const startedMs = clock.monotonic();
  let deadline: Disposable | undefined;
  let watch: Disposable | undefined;
  let askedMs: number | undefined;
  let ended = false;

  const end = (ending: Ending) => {
    if (ended) return;
    ended = true;
    deadline?.[Symbol.dispose]();
    watch?.[Symbol.dispose]();
    signal.removeEventListener('abort', onAbort);
    onEnd(ending, clock.monotonic() - startedMs);
  };
  const onAbort = () => end({ kind: 'aborted', reason: signal.reason });
  const look = () => {
    watch = clock.after(WATCH_EVERY_MS, look);
    if (askedMs === undefined) void ask();
    onLook();
  };
  const ask = async () => {
    askedMs = clock.monotonic();
    const memory = await thread.memory();
    askedMs = undefined;
    if (ended || memory === undefined) return;
    looks = [...looks, memory].slice(-LOOKS);
    const limit = exceeded(looks, limits);
    if (limit !== undefined) end({ kind: 'memory', limit, memory });
  };

  return {
    job,
    startedMs,
    get memory() {
      return looks.at(-1);
    },
    get unansweredMs() {
      return askedMs === undefined ? 0 : clock.monotonic() - askedMs;
    },
    begin() {
      deadline = clock.after(deadlineMs, () => end({ kind: 'deadline', deadlineMs }));
      watch = clock.after(WATCHED_AFTER_MS, look);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        thread.send({ task, input }, transfer);
      } catch (error) {
        end({ kind: 'unsendable', error });
      }
    },
    end,
  };
}
