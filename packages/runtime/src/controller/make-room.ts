/** A run that holds a place which others wait for. */
export interface Holder {
  readonly key: string;
  readonly ranMs: number;
  /** It was told to end, and has not yet. */
  readonly isEnding: boolean;
}

export interface PlacesView {
  readonly holders: readonly Holder[];
  /** Places for slow runs that nobody has. */
  readonly freeSlow: number;
}

export type RoomMove =
  /** The run goes on beside the others: its place is free. */
  | { readonly kind: 'move'; readonly key: string }
  /** The run is ended, and begins again when there is a place for slow runs. */
  | { readonly kind: 'end'; readonly key: string }
  /** Nothing to do until a run ends, or until then. */
  | { readonly kind: 'rest'; readonly againMs: number | undefined };

/** Whoever takes longer waits for somebody else more than it works: what works for long has a thread, and those are counted by themselves. */
export const QUANTUM_MS = 1_000;
/** When all places for slow runs are taken as well: less is what honest work takes, whose beginning would be lost. */
export const PATIENCE_MS = 3_000;

/** What is done for those who wait while every place is taken. */
export function makeRoom({ holders, freeSlow }: PlacesView): RoomMove {
  const limitMs = freeSlow > 0 ? QUANTUM_MS : PATIENCE_MS;
  const staying = holders.filter(({ isEnding }) => !isEnding);
  const [longest] = staying.toSorted((a, b) => b.ranMs - a.ranMs);
  if (longest === undefined) return { kind: 'rest', againMs: undefined };
  if (longest.ranMs < limitMs) return { kind: 'rest', againMs: limitMs - longest.ranMs };
  return { kind: freeSlow > 0 ? 'move' : 'end', key: longest.key };
}
