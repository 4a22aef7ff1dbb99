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

/** What an object that has moved was to be. */
export type Lost = Pick<LedgerRecord, 'owner' | 'hash'>;

/** What is known of an owner when it is applied: nothing, this edition, or another one. */
export type Known = 'nothing' | 'this edition' | 'another edition';

/** How a Job that deletes itself has ended. */
export type JobEnd = 'complete' | 'failed';

/** The records of one process, by object id. A missing record means: apply again, which changes nothing if nothing has changed. */
export interface Ledger {
  get(id: string): LedgerRecord | undefined;
  set(id: string, record: LedgerRecord): void;
  delete(id: string): void;
  /** An object has moved away from what was applied, or was found to have: there is no record of it any more, but of what it was to be. */
  lose(id: string, lost: Lost): void;
  lost(id: string): Lost | undefined;
  /** A Job has ended and deleted itself: there is no record of it any more, and it is nobody's drift. */
  end(id: string, owner: string, how: JobEnd): void;
  /** How it has ended, if nothing was applied in its place since. */
  ended(id: string): JobEnd | undefined;
  /** An owner is about to be applied in this edition. In another one than before, what became of objects no longer counts. Answers what was known. */
  enter(owner: string, edition: string): Known;
  /** Forgets everything of one owner. */
  forget(owner: string): void;
}

export function createLedger(): Ledger {
  const records = new Map<string, LedgerRecord>();
  const ends = new Map<string, { readonly owner: string; readonly how: JobEnd }>();
  const losses = new Map<string, Lost>();
  const editions = new Map<string, string>();
  /** What of each owner there may be something of: whoever forgets one of thousands does not look at what the others have. */
  const idsOf = new Map<string, Set<string>>();
  const file = (id: string, owner: string) => {
    const ids = idsOf.get(owner);
    if (ids === undefined) idsOf.set(owner, new Set([id]));
    else ids.add(id);
  };
  const remove = (id: string) => {
    for (const of of [records, ends, losses]) {
      const owner = of.get(id)?.owner;
      if (owner === undefined) continue;
      of.delete(id);
      idsOf.get(owner)?.delete(id);
    }
  };
  const forgetIn = (maps: readonly Map<string, { readonly owner: string }>[], owner: string) => {
    for (const id of idsOf.get(owner) ?? []) for (const of of maps) if (of.get(id)?.owner === owner) of.delete(id);
  };
  return {
    get: (id) => records.get(id),
    set(id, record) {
      remove(id);
      records.set(id, record);
      file(id, record.owner);
    },
    delete: remove,
    lose(id, { owner, hash }) {
      records.delete(id);
      losses.set(id, { owner, hash });
      file(id, owner);
    },
    lost: (id) => losses.get(id),
    end(id, owner, how) {
      records.delete(id);
      ends.set(id, { owner, how });
      file(id, owner);
    },
    ended: (id) => ends.get(id)?.how,
    enter(owner, edition) {
      const known = editions.get(owner);
      if (known !== edition) forgetIn([ends, losses], owner);
      editions.set(owner, edition);
      return known === undefined ? 'nothing' : known === edition ? 'this edition' : 'another edition';
    },
    forget(owner) {
      editions.delete(owner);
      forgetIn([records, ends, losses], owner);
      idsOf.delete(owner);
    },
  };
}

/** Whether an object that was applied has not moved since: one that has lost its record. A Job that has ended and deleted itself is where it was to go. */
export const isOnRecord = (ledger: Ledger, id: string): boolean => ledger.get(id) !== undefined || ledger.ended(id) !== undefined;
