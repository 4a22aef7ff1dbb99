import { parentPort } from 'node:worker_threads';

/** What a thread answers: plain data, because structured clone keeps neither the class nor the fields of an error. */
export type TaskReply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly name: string; readonly message: string };

export type TaskHandlers = Readonly<Record<string, (input: never) => unknown>>;

/** Serves tasks in a worker thread, one at a time, until the thread is ended. */
export function serveTasks(handlers: TaskHandlers): void {
  const port = parentPort;
  if (port === null) throw new Error('serveTasks belongs in a worker thread');
  port.on('message', ({ task, input }: { readonly task: string; readonly input: never }) => {
    void answer(handlers, task, input).then((reply) => port.postMessage(reply));
  });
}

async function answer(handlers: TaskHandlers, task: string, input: never): Promise<TaskReply> {
  try {
    const handler = Object.hasOwn(handlers, task) ? handlers[task] : undefined;
    if (handler === undefined) throw new Error(`no such task: ${task}`);
    return { ok: true, value: await handler(input) };
  } catch (error) {
    return {
      ok: false,
      name: error instanceof Error ? error.name : 'Error',
      message: error instanceof Error ? error.message : String(error),
    };
  }
}
