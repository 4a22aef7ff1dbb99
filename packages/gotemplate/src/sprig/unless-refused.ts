import { FunctionError } from '../value/function.ts';

/** What work returns; undefined if it refuses. For functions that have a twin whose name begins with `must`. */
export function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof FunctionError) return undefined;
    throw thrown;
  }
}
