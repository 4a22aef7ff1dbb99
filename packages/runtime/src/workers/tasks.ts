import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { isLargerThan } from './message-size.ts';

/** What a thread is given: one task. */
export interface TaskMessage {
  readonly task: string;
  readonly input: unknown;
}

/** What a thread says: that it is there, then one answer to each task. Plain data, because structured clone keeps neither the class nor the fields of an error. */
export type ThreadMessage = { readonly kind: 'ready'; readonly systemId: number | undefined } | TaskReply;

export type TaskReply =
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string }
  | { readonly kind: 'result-too-large' };

/** What a thread is started with. */
export interface ThreadData {
  readonly maxResultBytes: number;
}

export type TaskHandlers = Readonly<Record<string, (input: never) => unknown>>;

/**
 * Far below the main thread, which answers probes, renews leases and speaks for everybody else: a fifteenth of its share where both want the processor. Not lower:
 * threads of the slow lane should feel the difference.
 */
const PRIORITY = 12;

/** Serves tasks in a worker thread, one at a time, until the thread is ended. */
export function serveTasks(handlers: TaskHandlers): void {
  const port = parentPort;
  if (port === null) throw new Error('serveTasks belongs in a worker thread');
  const { maxResultBytes } = workerData as ThreadData;
  giveWay();
  port.on('message', ({ task, input }: { readonly task: string; readonly input: never }) => {
    void answer(handlers, task, input).then((reply) => {
      const tooLarge = reply.kind === 'done' && isLargerThan(reply.value, maxResultBytes);
      send(port, tooLarge ? { kind: 'result-too-large' } : reply);
    });
  });
  port.postMessage({ kind: 'ready', systemId: systemThreadId() } satisfies ThreadMessage);
}

function send(port: MessagePort, reply: TaskReply): void {
  try {
    port.postMessage(reply);
  } catch (error) {
    // It holds a function or the like.
    port.postMessage(failed(error));
  }
}

/** On Linux, priorities belong to threads; elsewhere this would slow down the whole process. */
function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, PRIORITY);
  } catch {
    // A sandbox may forbid it. It is a courtesy, not a need.
  }
}

/** Under which the operating system knows this thread: `/proc/thread-self` is `<process>/task/<thread>`. Undefined where that is unknown, or may not be read. */
function systemThreadId(): number | undefined {
  try {
    const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    return Number.isSafeInteger(id) && id > 0 ? id : undefined;
  } catch {
    return undefined;
  }
}

async function answer(handlers: TaskHandlers, task: string, input: never): Promise<TaskReply> {
  try {
    const handler = Object.hasOwn(handlers, task) ? handlers[task] : undefined;
    if (handler === undefined) throw new Error(`no such task: ${task}`);
    return { kind: 'done', value: await handler(input) };
  } catch (error) {
    return failed(error);
  }
}

const failed = (error: unknown): TaskReply => ({
  kind: 'failed',
  name: error instanceof Error ? error.name : 'Error',
  message: error instanceof Error ? error.message : String(error),
});
