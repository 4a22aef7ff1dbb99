import type { HistoryEntry } from '@gotk/api';
import { formatDuration } from '@gotk/apimachinery';

const MAX_ENTRIES = 5;

export interface Reconciled {
  /** Of what was built. */
  readonly digest: string;
  readonly atMs: number;
  readonly durationMs: number;
  /** Reason of the Ready condition. */
  readonly status: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** `status.history` with one more reconciliation: the same content that ended the same way is counted, anything else goes first (contract 0.1). */
export function withReconciled(
  history: readonly HistoryEntry[],
  { digest, atMs, durationMs, status, metadata }: Reconciled,
): readonly HistoryEntry[] {
  const now = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  const same = history.find((entry) => entry.digest === digest && entry.lastReconciledStatus === status);
  const entry: HistoryEntry = {
    digest,
    firstReconciled: same?.firstReconciled ?? now,
    lastReconciled: now,
    lastReconciledDuration: formatDuration(Math.round(durationMs)),
    lastReconciledStatus: status,
    totalReconciliations: (same?.totalReconciliations ?? 0) + 1,
    metadata: { ...metadata },
  };
  return [entry, ...history.filter((other) => other !== same)].slice(0, MAX_ENTRIES);
}
