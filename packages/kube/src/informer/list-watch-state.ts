import { ApiError, ConnectionError, isGone, ProtocolError } from '../errors.ts';
import { compareVersions } from './resource-version.ts';

/** How the server hands out what there is: as the first events of the watch (KEP-3157), or as a list in pages. */
export type Filling = 'streamed' | 'paged';

/** `unanswered`: the server, or the way to it, is gone. `expired`: our place has left its window (410). `refused`: anything else that it says. */
type Failing = 'unanswered' | 'expired' | 'refused';

interface Common {
  /** Errors in a row, of one sort and without anything heard from a watch in between: it is what the back-off grows with. */
  readonly failures: number;
  /** Of which sort they are; absent: there are none. */
  readonly failing?: Failing;
  /** How long to stay away before the next step; the loop adds jitter. */
  readonly afterMs: number;
  readonly filling: Filling;
}

/** Where a list-and-watch stands. */
export type ListWatchState =
  /** Nothing is certain: everything has to be asked for. */
  | (Common & { readonly at: 'empty' })
  | (Common & { readonly at: 'watching'; readonly resourceVersion: string })
  /** The server serves no such kind. `looks` counts how often that was found in a row; `toldBy` is the definition that last said otherwise. */
  | (Common & { readonly at: 'absent'; readonly looks: number; readonly toldBy: string | undefined });

export type ListWatchEvent =
  /** Everything that there is has been received, as of this version. */
  | { readonly kind: 'listed'; readonly resourceVersion: string }
  | { readonly kind: 'seen'; readonly resourceVersion: string }
  /** The server ended a watch that had been open for so long. */
  | { readonly kind: 'closed'; readonly openMs: number }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** A watch was silent for too long: the connection may be dead. */
  | { readonly kind: 'stalled' }
  /** A watch that was to begin with what there is has not said where that ends. */
  | { readonly kind: 'endless' }
  /** The server's history ends before the place that we have reached: it was restored from a backup. */
  | { readonly kind: 'rewound' }
  | { readonly kind: 'absent' }
  /** A definition, named by something that changes whenever it does, says that the kind is served. */
  | { readonly kind: 'told'; readonly by: string };

export const startWith = (filling: Filling): ListWatchState => ({ at: 'empty', failures: 0, afterMs: 0, filling });

/** The whole policy of the informer's loop; the loop itself only does the I/O. */
export function next(state: ListWatchState, event: ListWatchEvent): ListWatchState {
  const { filling } = state;
  const past = { failures: state.failures, ...(state.failing === undefined ? {} : { failing: state.failing }) };
  switch (event.kind) {
    case 'listed':
      // Failures are not forgiven yet: a server whose every watch is refused must not be asked for everything once a second for ever.
      return { at: 'watching', resourceVersion: event.resourceVersion, ...past, afterMs: 0, filling };
    case 'seen':
      return { at: 'watching', resourceVersion: later(state, event.resourceVersion), failures: 0, afterMs: 0, filling };
    case 'closed':
      // The server ends every watch after some minutes: nothing was missed, the next one goes on where this one ended.
      return { ...state, afterMs: event.openMs < FIRST_MS ? FIRST_MS : 0 };
    case 'stalled':
      // It has been silent for a minute: there is no rush to slow down, and much to catch up with. Where the server is gone, asking it will show.
      return { ...state, afterMs: 0 };
    case 'endless':
      return { at: 'empty', ...past, afterMs: 0, filling: 'paged' };
    case 'rewound':
      return { at: 'empty', ...past, afterMs: FIRST_MS, filling };
    case 'failed':
      return afterFailure(state, event.error);
    case 'absent': {
      const looks = state.at === 'absent' ? state.looks + 1 : 1;
      const toldBy = state.at === 'absent' ? state.toldBy : undefined;
      return { at: 'absent', failures: 0, looks, toldBy, afterMs: lookMs(looks, toldBy !== undefined), filling };
    }
    case 'told':
      // The path is served a moment after the definition says so.
      return { at: 'absent', failures: 0, looks: 0, toldBy: event.by, afterMs: 0, filling };
  }
}

/**
 * What to ask for next. Of a kind that has just been defined a list: a server whose cache of it is not ready refuses every watch for a second (429), while it
 * answers lists from the store.
 */
export function question(state: ListWatchState): 'list' | 'watch' {
  return state.at === 'watching' || (state.at === 'empty' && state.filling === 'streamed') ? 'watch' : 'list';
}

function afterFailure(state: ListWatchState, error: unknown): ListWatchState {
  if (state.at === 'empty' && state.filling === 'streamed' && isRefusalToStream(error))
    return { at: 'empty', failures: state.failures, afterMs: 0, filling: 'paged' };
  const failing = sortOf(error);
  // A server that answers again is well: what it says now is not held against it together with its silence before.
  const failures = state.failing === failing ? state.failures + 1 : 1;
  const common = { failures, failing, filling: state.filling, afterMs: Math.max(backOffMs(failing, failures), retryAfterMs(error)) };
  if (state.at !== 'watching') return { at: 'empty', ...common };
  // 410 Gone means our resourceVersion left the server's window: only a full list brings certainty back.
  if (isGone(error)) return { at: 'empty', ...common };
  // A line that cannot be read is asked for once more, as the way may have garbled it. Where it is the server that sends it, the list leads past it.
  if (error instanceof ProtocolError && failures > 1) return { at: 'empty', ...common };
  return { at: 'watching', resourceVersion: state.resourceVersion, ...common };
}

function sortOf(error: unknown): Failing {
  if (isGone(error)) return 'expired';
  return error instanceof ConnectionError && !(error instanceof ProtocolError) ? 'unanswered' : 'refused';
}

/** What servers without the feature say: that the option is invalid (422, also 400), or that it takes rights (403) or a kind of request (405) that we have not got. */
const isRefusalToStream = (error: unknown): boolean =>
  error instanceof ProtocolError || (error instanceof ApiError && [400, 403, 405, 406, 415, 422].includes(error.status));

/** Never back in time: a bookmark that is late, or an event without a version, moves nothing. */
function later(state: ListWatchState, resourceVersion: string): string {
  if (state.at !== 'watching') return resourceVersion;
  const isOlder = (compareVersions(resourceVersion, state.resourceVersion) ?? 1) < 0;
  return resourceVersion === '' || isOlder ? state.resourceVersion : resourceVersion;
}

const FIRST_MS = 1_000;
/** A server in trouble takes no harm from a question every ten seconds, and one that is gone none from any. */
const LAST_MS: Readonly<Record<Failing, number>> = { unanswered: 2_000, expired: 10_000, refused: 10_000 };
/** A server, or whoever answers in its stead, that asks for longer is asked again after this. */
const LONGEST_RETRY_AFTER_MS = 300_000;

/** How long to stay away after so many failures of one sort in a row. A place that has expired for once is no reason to wait: the server is well. */
function backOffMs(failing: Failing, failures: number): number {
  const doublings = failing === 'expired' ? failures - 2 : failures - 1;
  return doublings < 0 ? 0 : Math.min(LAST_MS[failing], FIRST_MS * 2 ** doublings);
}

/** How much of a wait holds in any case: who waits because the server is gone need not wait on when it answers somebody else. */
export const holdMs = ({ afterMs, failing }: ListWatchState): number => (failing === 'unanswered' ? Math.min(afterMs, FIRST_MS) : afterMs);

/** What 429 and 503 ask for. */
function retryAfterMs(error: unknown): number {
  return error instanceof ApiError ? Math.min(LONGEST_RETRY_AFTER_MS, error.retryAfterMs ?? 0) : 0;
}

const FIRST_LOOK_MS = 5_000;
const FIRST_TOLD_LOOK_MS = 100;
const LAST_LOOK_MS = 300_000;

/** How long until the next look for a kind that is absent: soon after a definition said that it is not, else seldom. Definitions wake the loop before. */
function lookMs(looks: number, told: boolean): number {
  return Math.min(LAST_LOOK_MS, (told ? FIRST_TOLD_LOOK_MS : FIRST_LOOK_MS) * 2 ** (looks - 1));
}

/** Spreads what would otherwise come all at once; never shorter than asked. */
export const withJitter = (ms: number, random: () => number): number => ms * (1 + random() / 2);

/** What a watch is still owed when it is silent. */
export interface Silence {
  readonly silentMs: number;
  /** The server has yet to say where the initial events end. */
  readonly filling: boolean;
  /** Something came over this watch: from then on there is a bookmark a minute. */
  readonly spoken: boolean;
  /** The server has been asked during this silence. */
  readonly asked: boolean;
}

export interface SilenceLimits {
  /** A watch that is silent for longer is dead. */
  readonly stalledMs: number;
  /** How long initial events may pause. */
  readonly endlessMs: number;
}

/**
 * What to make of a watch that is silent, and when to look again if nothing.
 *
 * The server sends a bookmark once a minute (KEP-956), but only once the kind's cache has passed the version that the watch began at. A kind that is quiet in
 * a cluster where nobody reads it stays there for as long as etcd does not report progress: ten minutes by default. So a watch that has yet to speak is not
 * dead; asking for a list of one object makes the server find out, and its answer says whether there was anything to miss.
 *
 * Kinds that the server keeps no cache of, of its own only Events, never get a bookmark: their watches are opened anew whenever they are silent for so long.
 */
export function onSilence(
  { silentMs, filling, spoken, asked }: Silence,
  { stalledMs, endlessMs }: SilenceLimits,
): { readonly kind: 'endless' | 'stalled' | 'ask' } | { readonly kind: 'wait'; readonly ms: number } {
  if (filling) return silentMs >= endlessMs ? { kind: 'endless' } : { kind: 'wait', ms: endlessMs - silentMs };
  if (silentMs >= stalledMs) return { kind: 'stalled' };
  const askMs = stalledMs * ASK_AT;
  if (spoken || asked) return { kind: 'wait', ms: stalledMs - silentMs };
  return silentMs >= askMs ? { kind: 'ask' } : { kind: 'wait', ms: askMs - silentMs };
}

/** Late enough that most watches speak before, early enough that the answer takes effect before the minute's bookmark is due. */
const ASK_AT = 0.75;
