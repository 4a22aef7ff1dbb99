/** What we know of an object since our own last apply: enough to tell, from metadata alone, whether anybody has touched what we own in it. */
export interface LedgerRecord {
  /** Whose object it is, as `namespace/name`. */
  readonly owner: string;
  /** Hash of the desired state that was applied. */
  readonly hash: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Digest of our entry in the object's `managedFields`. */
  readonly entryDigest: string;
  /** When it was applied (monotonic milliseconds). */
  readonly atMs: number;
}

/** The records of one process, by object id. A missing record means: apply again, which changes nothing if nothing has changed. */
export interface Ledger {
  get(id: string): LedgerRecord | undefined;
  set(id: string, record: LedgerRecord): void;
  delete(id: string): void;
  /** Forgets everything of one owner. */
  forget(owner: string): void;
}

export function createLedger(): Ledger {
  const records = new Map<string, LedgerRecord>();
  return {
    get: (id) => records.get(id),
    set: (id, record) => records.set(id, record),
    delete: (id) => records.delete(id),
    forget: (owner) => {
      for (const [id, record] of records) if (record.owner === owner) records.delete(id);
    },
  };
}
