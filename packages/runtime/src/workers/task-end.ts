import type { Verdict } from './conduct.ts';
import type { Memory, MemoryLimit, MemoryLimits } from './memory.ts';
import { MIB } from './memory.ts';
import type { TaskEnd } from './options.ts';
import { TaskFailed } from './task-failed.ts';
import type { TaskReply } from './tasks.ts';
import type { Death } from './thread.ts';

/** How a task that had a thread came to its end. */
export type Ending =
  | { readonly kind: 'reply'; readonly reply: TaskReply }
  | { readonly kind: 'unsendable'; readonly error: unknown }
  | { readonly kind: 'deadline'; readonly deadlineMs: number }
  | { readonly kind: 'memory'; readonly limit: MemoryLimit; readonly memory: Memory | undefined }
  | { readonly kind: 'death'; readonly death: Death }
  | { readonly kind: 'evicted'; readonly ranMs: number }
  | { readonly kind: 'aborted'; readonly reason: unknown }
  | { readonly kind: 'closed' };

export type Result = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** What the caller gets. */
export function resultOf(task: string, ending: Ending, limits: MemoryLimits): Result {
  switch (ending.kind) {
    case 'reply':
      return resultOfReply(task, ending.reply, limits);
    case 'unsendable':
      return { ok: false, error: ending.error };
    case 'aborted':
      return { ok: false, error: ending.reason };
    case 'deadline':
      return failed('deadline', `${task} took longer than ${ending.deadlineMs} ms`);
    case 'evicted':
      return failed('deadline', `${task} was ended after ${Math.round(ending.ranMs)} ms to make room for others`);
    case 'memory':
      return failed('memory', `${task} ${memoryText(ending, limits)}`);
    case 'death':
      return resultOfDeath(task, ending.death, limits);
    case 'closed':
      return failed('closed', `${task} was ended: the pool is closed`);
  }
}

function resultOfReply(task: string, reply: TaskReply, { maxResultMiB }: MemoryLimits): Result {
  switch (reply.kind) {
    case 'done':
      return { ok: true, value: reply.value };
    case 'failed':
      return { ok: false, error: new TaskFailed(reply.message, { kind: 'error', errorName: reply.name }) };
    case 'result-too-large':
      return failed('too-large', `${task} has a result of more than ${maxResultMiB} MiB`);
  }
}

function resultOfDeath(task: string, death: Death, limits: MemoryLimits): Result {
  switch (death.kind) {
    case 'memory':
      return failed('memory', `${task} ${memoryText({ limit: 'heap' }, limits)}`);
    case 'error':
      return failed('crash', `${task} worker ended: ${death.message}`);
    case 'exit':
      return failed('crash', `${task} worker ended with code ${death.code}`);
  }
}

function memoryText(
  { limit, memory }: { readonly limit: MemoryLimit; readonly memory?: Memory | undefined },
  limits: MemoryLimits,
): string {
  switch (limit) {
    case 'heap':
      return `needed more than ${limits.maxHeapMiB} MiB of memory`;
    case 'off-heap':
      return `needed more than ${limits.maxOffHeapMiB} MiB of memory for buffers`;
    case 'process':
      return `was ended because it held ${Math.round(((memory?.heap ?? 0) + (memory?.offHeap ?? 0)) / MIB)} MiB of memory, and the process more than ${limits.maxProcessMiB} MiB`;
  }
}

const failed = (kind: TaskFailed['kind'], message: string): Result => ({ ok: false, error: new TaskFailed(message, { kind }) });

/** What the end says about the owner. */
export function verdictOf(ending: Ending): Verdict {
  switch (ending.kind) {
    case 'reply':
      return 'good';
    case 'deadline':
    case 'memory':
    case 'death':
    case 'evicted':
      return 'bad';
    case 'aborted':
    case 'closed':
    case 'unsendable':
      return 'neutral';
  }
}

/** For metrics. */
export function nameOfEnd(ending: Ending, result: Result): TaskEnd {
  if (result.ok) return 'done';
  if (ending.kind === 'aborted') return 'aborted';
  return result.error instanceof TaskFailed ? result.error.kind : 'error';
}

/** Whether the thread has lived through it, and rests. */
export const keepsThread = ({ kind }: Ending): boolean => kind === 'reply' || kind === 'unsendable';
