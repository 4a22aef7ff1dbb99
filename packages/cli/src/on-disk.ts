import { Failure } from './command.ts';

type Problem = new (message: string, options: ErrorOptions) => Error;

/** Asks the disk for something about a path. Throws a `Failure`, or another error of that form, which names the path and what the system says. */
export function onDisk<Result>(path: string, act: () => Result, Thrown: Problem = Failure): Result {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    // Node's messages are `CODE: what happened, call 'path'`.
    const reason = /^\w+: ([^,]+)/.exec(error.message)?.[1] ?? error.message;
    throw new Thrown(`${path}: ${reason}`, { cause: error });
  }
}
