import type { Clock } from '@gotk/apimachinery';
import { exceeded, type Memory, type MemoryLimits, WATCH_EVERY_MS, WATCHED_AFTER_MS } from './memory.ts';
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
  begin(): void;
  end(ending: Ending): void;
}

export interface TaskRunOptions {
  readonly job: Job;
  readonly thread: Thread;
  readonly clock: Clock;
  readonly limits: MemoryLimits;
  /** Its memory is known anew, and in its own bounds. */
  readonly onLook: () => void;
  /** Exactly once. */
  readonly onEnd: (ending: Ending) => void;
}

export function createTaskRun({ job, thread, clock, limits, onLook, onEnd }: TaskRunOptions): TaskRun {
  const { task, input, options } = job;
  const { signal, deadlineMs, transfer = [] } = options;
  const looks: Memory[] = [];
  let deadline: Disposable | undefined;
  let watch: Disposable | undefined;
  let ended = false;

  const end = (ending: Ending) => {
    if (ended) return;
    ended = true;
    deadline?.[Symbol.dispose]();
    watch?.[Symbol.dispose]();
    signal.removeEventListener('abort', onAbort);
    onEnd(ending);
  };
  const onAbort = () => end({ kind: 'aborted', reason: signal.reason });
  const look = async () => {
    const memory = await thread.memory();
    if (ended) return;
    watch = clock.after(WATCH_EVERY_MS, () => void look());
    if (memory === undefined) return;
    looks.push(memory);
    const limit = exceeded(looks, limits);
    if (limit === undefined) onLook();
    else end({ kind: 'memory', limit, memory });
  };

  return {
    job,
    startedMs: clock.monotonic(),
    get memory() {
      return looks.at(-1);
    },
    begin() {
      deadline = clock.after(deadlineMs, () => end({ kind: 'deadline', deadlineMs }));
      watch = clock.after(WATCHED_AFTER_MS, () => void look());
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
