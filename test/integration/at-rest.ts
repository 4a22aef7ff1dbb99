import { setTimeout as delay } from 'node:timers/promises';

const QUIET_MS = 1_000;

/** A count that nobody has added to for a second. Requests are counted from a log, which tells of each after its answer: others may have seen its effect by then. */
export async function countAtRest(count: () => Promise<number>): Promise<number> {
  for (let before = await count(); ; ) {
    await delay(QUIET_MS);
    const now = await count();
    if (now === before) return now;
    before = now;
  }
}
