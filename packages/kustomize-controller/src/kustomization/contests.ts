import { type Clock, formatDuration, latest } from '@gotk/apimachinery';
import { type DriftNotice, idOf, type ObjectReference, renderReference } from '@gotk/ssa';

/** The reason of the events that tell of it. */
export const CONTESTED = 'DriftContested';

/** So often an object is put right at once. Whoever tries something out by hand does not come so far. */
const AT_ONCE = 5;
const FIRST_MS = 2_000;
const LONGEST_MS = 300_000;
/** An object that has been left alone for so long is no longer fought over. */
const QUIET_MS = 60_000;
const MAX_KNOWN = 10_000;

interface Contest {
  readonly object: ObjectReference;
  readonly times: number;
  readonly sinceMs: number;
  readonly lastMs: number;
  readonly by: string | undefined;
}

/**
 * Objects that somebody changes again each time they are put right. To answer at once for ever would be a loop of two programs; so the answer comes after 2 s,
 * and twice as late each time, up to five minutes, until there is peace.
 */
export interface Contests {
  /** Notes that an object has moved. Answers after how many milliseconds it shall be put right. */
  moved(notice: DriftNotice): number;
  isContested(owner: string, object: ObjectReference): boolean;
  /** What there is to say of an object that was put right; undefined for most. */
  describe(owner: string, object: ObjectReference): string | undefined;
}

export function createContests(clock: Clock): Contests {
  const contests = latest<string, Contest>(MAX_KNOWN);
  const keyOf = (owner: string, object: ObjectReference) => `${owner} ${idOf(object)}`;
  const current = (owner: string, object: ObjectReference): Contest | undefined => {
    const contest = contests.get(keyOf(owner, object));
    if (contest === undefined) return undefined;
    return clock.monotonic() - contest.lastMs <= Math.max(QUIET_MS, 2 * delayMs(contest)) ? contest : undefined;
  };
  return {
    moved({ owner, object, by }) {
      if (object === undefined) return 0;
      const nowMs = clock.monotonic();
      const known = current(owner, object);
      // It was put right beside something else, and before its time: that is no reason to make it wait longer.
      const remainingMs = known === undefined ? 0 : known.lastMs + delayMs(known) - nowMs;
      if (remainingMs > 0) return remainingMs;
      const { times, sinceMs } = known ?? { times: 0, sinceMs: nowMs };
      const contest = { object, times: times + 1, sinceMs, lastMs: nowMs, by };
      contests.set(keyOf(owner, object), contest);
      return delayMs(contest);
    },
    isContested(owner, object) {
      const contest = current(owner, object);
      return contest !== undefined && delayMs(contest) > 0;
    },
    describe(owner, object) {
      const contest = current(owner, object);
      if (contest === undefined || delayMs(contest) === 0) return undefined;
      const { times, sinceMs, lastMs, by } = contest;
      const next = delayMs({ ...contest, times: times + 1 });
      return [
        `${renderReference(object)} was changed ${times} times within ${formatDuration(Math.round(lastMs - sinceMs))} after it was applied`,
        `${by === undefined ? '' : `, last by '${by}'`}: somebody else wants it otherwise; the next change will be undone after ${formatDuration(next)}`,
      ].join('');
    },
  };
}

const delayMs = ({ times }: Contest): number =>
  times <= AT_ONCE ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(30, times - AT_ONCE - 1));
