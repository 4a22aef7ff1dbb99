import { setTimeout as delay } from 'node:timers/promises';

export interface AtRestOptions {
  /** For so long nothing may be added. */
  readonly quietMs?: number;
  readonly timeoutMs?: number;
}

/**
 * Looks at a list that only grows, such as the requests that were made, until nothing has been added for `quietMs` (1 s), and resolves with it. A log tells of a request
 * after its answer, when others may have seen its effect: who counts from here on counts nothing of before. Throws with the last entry when `timeoutMs` (10 s) are up.
 */
export async function atRest<T>(
  look: () => Promise<readonly T[]>,
  { quietMs = 1_000, timeoutMs = 10_000 }: AtRestOptions = {},
): Promise<readonly T[]> {
  const deadline = performance.now() + timeoutMs;
  for (let before = await look(); ; ) {
    await delay(quietMs);
    const now = await look();
    if (now.length === before.length) return now;
    if (performance.now() > deadline) throw new Error(`after ${timeoutMs} ms there still came ${JSON.stringify(now.at(-1))}`);
    before = now;
  }
}
