import { isPast } from '@gotk/kube';
import type { LedgerRecord } from './ledger.ts';

/** What the metadata watch shows of an object. */
export interface Seen {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly entryDigest: string;
  /** Whose labels it carries, as `namespace/name`; '' for nobody's. */
  readonly owner: string;
  /** Others hold what they are not to hold: see `Takeover`. */
  readonly unclean: boolean;
}

/**
 * Whether an object has moved away from what was applied. Pure.
 *
 * A view no newer than the record is none: the event of our own write may still be on its way.
 */
export function hasDrifted(record: LedgerRecord, seen: Seen): boolean {
  if (seen.resourceVersion === record.resourceVersion || isPast(seen.resourceVersion, record.resourceVersion)) return false;
  return seen.unclean || seen.uid !== record.uid || seen.entryDigest !== record.entryDigest || seen.owner !== record.owner;
}
