import { createHash } from 'node:crypto';
import type { KeyLock } from '@gotk/sops';

/** Plain data: it crosses into the main thread. */
export interface Lock extends KeyLock {
  readonly id: string;
  /** The first file that it was found on. */
  readonly file: string;
}

/** Data keys by the locks that they open. A thread gets these alone, and no master key. */
export type DataKeys = Readonly<Record<string, Uint8Array>>;

/** What opens locks, and remembers those that it could not open, and what was behind the others. */
export interface KeyRing {
  readonly missing: readonly Lock[];
  /** Texts that were encrypted, and that nobody but the cluster may see. */
  readonly revealed: ReadonlySet<string>;
  /** Undefined for a lock whose key is missing. */
  keyFor(lock: KeyLock, file: string): Uint8Array | undefined;
  reveal(texts: readonly string[]): void;
}

export function createKeyRing(dataKeys: DataKeys): KeyRing {
  const keys = new Map(Object.entries(dataKeys));
  const missing = new Map<string, Lock>();
  const revealed = new Set<string>();
  return {
    revealed,
    reveal(texts) {
      for (const text of texts) revealed.add(text);
    },
    get missing() {
      return [...missing.values()];
    },
    keyFor({ keyGroups, shamirThreshold }, file) {
      const id = createHash('sha256')
        .update(JSON.stringify([keyGroups, shamirThreshold]))
        .digest('hex');
      const key = keys.get(id);
      if (key === undefined && !missing.has(id)) missing.set(id, { id, file, keyGroups, shamirThreshold });
      return key;
    },
  };
}
