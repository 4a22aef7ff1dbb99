import { isGone } from './errors.ts';

/** Where a list-and-watch stands. `failures` counts errors in a row: it is what the back-off grows with. */
export type ListWatchState =
  | { readonly at: 'empty'; readonly failures: number }
  | { readonly at: 'watching'; readonly resourceVersion: string; readonly failures: number };

export type ListWatchEvent =
  | { readonly kind: 'listed'; readonly resourceVersion: string }
  | { readonly kind: 'seen'; readonly resourceVersion: string }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly error: unknown };

export const START: ListWatchState = { at: 'empty', failures: 0 };

/** The whole policy of the informer's loop; the loop itself only does the I/O. */
export function next(state: ListWatchState, event: ListWatchEvent): ListWatchState {
  switch (event.kind) {
    case 'listed':
      return { at: 'watching', resourceVersion: event.resourceVersion, failures: 0 };
    case 'seen':
      return {
        at: 'watching',
        resourceVersion: event.resourceVersion === '' && state.at === 'watching' ? state.resourceVersion : event.resourceVersion,
        failures: 0,
      };
    case 'closed':
      // The server ends every watch after some minutes: nothing was missed, the next one goes on where this one ended.
      return state;
    case 'failed':
      // 410 Gone means our resourceVersion left the server's window: only a full list brings certainty back.
      if (isGone(event.error) || state.at === 'empty') return { at: 'empty', failures: state.failures + 1 };
      return { ...state, failures: state.failures + 1 };
  }
}

const FIRST_MS = 1_000;
const LAST_MS = 30_000;

/** How long to stay away after so many failures in a row: never more than one attempt a second, half a minute in the end, with jitter. */
export function backOffMs(failures: number, random: () => number): number {
  if (failures === 0) return 0;
  return Math.min(LAST_MS, FIRST_MS * 2 ** (failures - 1)) * (1 + random() / 2);
}
