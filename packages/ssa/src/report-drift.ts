import type { Drift, DriftedObject } from './drift-found.ts';
import { inPool } from './in-pool.ts';
import { referenceTo } from './inventory.ts';
import type { Ledger } from './ledger.ts';
import type { Desired } from './plan.ts';

export interface ReportOptions {
  readonly owner: string;
  readonly ledger: Ledger;
  readonly concurrency: number;
  /** Whether an object is known to be as it was applied. */
  readonly isKept: (it: Desired) => boolean;
  /** How an object has moved, if it has. Notes one that has not. */
  readonly look: (it: Desired) => Promise<Drift | undefined>;
}

/** Looks at objects that are to be left as they are when they have moved. */
export async function reportDrift(
  desired: readonly Desired[],
  { owner, ledger, concurrency, isKept, look }: ReportOptions,
): Promise<readonly DriftedObject[]> {
  const drifted = new Map<string, DriftedObject>();
  const doubtful = desired.filter((it) => !isKept(it));
  await inPool(doubtful, concurrency, async (it) => {
    const drift = await look(it);
    if (drift === undefined) return;
    ledger.lose(it.id, { owner, hash: it.hash });
    drifted.set(it.id, { reference: referenceTo(it.object), drift });
  });
  return doubtful.flatMap(({ id }) => drifted.get(id) ?? []);
}
