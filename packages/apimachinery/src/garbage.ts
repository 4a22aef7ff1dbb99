import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A collection takes about a millisecond: an eighth of a second for a gibibyte. */
const EVERY_BYTES = 8 * 1024 * 1024;

type Collect = (options?: { readonly type: 'minor' }) => void;
let collect: Collect | undefined;

/**
 * Called with the size of each piece that was read and is done with, it has V8 collect them in time. By itself V8 looks when there are 64 MiB of them, for they lie
 * outside of the heap that it watches: so much would each large download cost, however small its pieces.
 */
export function youngGarbage(): (bytes: number) => void {
  let since = 0;
  return (bytes) => {
    since += bytes;
    if (since < EVERY_BYTES) return;
    since = 0;
    collect ??= collector();
    collect({ type: 'minor' });
  };
}

/** Bytes that this thread's heap and buffers hold, with what nobody needs. */
export function heldBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Bytes that this thread's heap and buffers hold when all that nobody needs is collected. */
export async function heapAfterCollection(): Promise<number> {
  collect ??= collector();
  for (let round = 0; round < 3; round++) {
    collect();
    // What is let go by a callback of the collector goes with the next one.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return heldBytes();
}

/** The flag is the process's, and stays: another thread may be looking for the function in this moment. Nobody evaluates texts of others in a context that has it. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('globalThis.gc');
  return typeof found === 'function' ? (found as Collect) : () => undefined;
}
