import { FunctionError } from '../../value/function.ts';

/** Says what was being done in front of what went wrong with it. */
export function prefixed<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof FunctionError) throw new FunctionError(`${what}: ${thrown.message}`);
    throw thrown;
  }
}
