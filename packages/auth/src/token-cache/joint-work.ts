import { untilAborted } from '@gotk/apimachinery';

/** Work under way, by name, that many wait for. */
export interface JointWork<T> {
  has(name: string): boolean;
  /**
   * Starts the work, or joins what is under way. Rejects with the signal's reason, or the work's error; the work is aborted when the last
   * one leaves.
   */
  join(name: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

interface Task<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

export function createJointWork<T>(): JointWork<T> {
  const tasks = new Map<string, Task<T>>();

  const start = (name: string, work: (signal: AbortSignal) => Promise<T>): Task<T> => {
    const controller = new AbortController();
    const task: Task<T> = { controller, waiting: 0, result: work(controller.signal) };
    tasks.set(name, task);
    const end = () => {
      if (tasks.get(name) === task) tasks.delete(name);
    };
    task.result.then(end, end);
    return task;
  };

  return {
    has: (name) => tasks.has(name),
    async join(name, signal, work) {
      const task = tasks.get(name) ?? start(name, work);
      task.waiting += 1;
      try {
        return await untilAborted(task.result, signal);
      } finally {
        task.waiting -= 1;
        if (task.waiting === 0 && tasks.get(name) === task) {
          // Nobody may join what is being given up.
          tasks.delete(name);
          task.controller.abort(signal.reason);
        }
      }
    },
  };
}
