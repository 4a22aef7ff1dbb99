/** A run that holds a place which others wait for. */
export interface Holder {
  readonly key: string;
  /** For how long it has worked in all. */
  readonly workedMs: number;
  /** For how long it has been waiting for strangers; undefined: it works. */
  readonly waitedMs: number | undefined;
  /** Its object failed the last time. */
  readonly isRetry: boolean;
  /** It was told to end, and has not yet. */
  readonly isEnding: boolean;
}

export interface PlacesView {
  readonly holders: readonly Holder[];
  /** Places for slow runs that nobody has. */
  readonly freeSlow: number;
  /** See `quantumFor`. */
  readonly quantumMs: number;
}

export type RoomMove =
  /** The run goes on beside the others: its place is free. */
  | { readonly kind: 'move'; readonly key: string }
  /** The run is ended, and begins again when there is a place for slow runs. */
  | { readonly kind: 'end'; readonly key: string }
  /** Nothing to do until a run ends, or until then. */
  | { readonly kind: 'rest'; readonly againMs: number | undefined };

/** A run that waits from its beginning is slow when it takes longer. */
export const SLOW_MS = 1_000;
/** Whoever works for longer waits as well, and does not know: the API server asks webhooks of others. Honest work takes less, even where the machine is overloaded. */
export const WORK_MS = 5_000;
/** When all places for slow runs are taken as well: less is what honest work takes, whose beginning would be lost. */
export const PATIENCE_MS = 3_000;

const MIN_QUANTUM_MS = 50;
const MAX_QUANTUM_MS = 250;
const TYPICAL_RUNS = 2;

/** For how long a run that waits for strangers keeps its place from those who want it. What is long depends on what is usual: who waits should not have to wait for much longer than its own run takes. */
export const quantumFor = (typicalMs: number): number => Math.min(MAX_QUANTUM_MS, Math.max(MIN_QUANTUM_MS, TYPICAL_RUNS * typicalMs));

/** What is done for those who wait while every place is taken. */
export function makeRoom({ holders, freeSlow, quantumMs }: PlacesView): RoomMove {
  const keepsMs = ({ isRetry }: Holder) => (freeSlow === 0 ? PATIENCE_MS : isRetry ? 0 : quantumMs);
  const overdue = holders
    .filter(({ isEnding }) => !isEnding)
    .map((it) => ({ key: it.key, byMs: it.waitedMs === undefined ? it.workedMs - WORK_MS : it.waitedMs - keepsMs(it) }));
  const [first] = overdue.toSorted((a, b) => b.byMs - a.byMs);
  if (first === undefined) return { kind: 'rest', againMs: undefined };
  if (first.byMs < 0) return { kind: 'rest', againMs: -first.byMs };
  return { kind: freeSlow > 0 ? 'move' : 'end', key: first.key };
}
