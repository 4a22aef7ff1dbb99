import type { KeyLock } from './data-key.ts';
import { inOrder, type KeyServices, type MasterKey } from './master-key.ts';

/** What came of an encrypted data key, or of a part of one. */
export type LocalPart = { readonly part: Uint8Array } | { readonly refusal: string };

/** By the encrypted keys: what age and OpenPGP make of those that are theirs. Of a group no more is tried once one has given its part. */
export async function localParts(
  locks: readonly KeyLock[],
  services: Pick<KeyServices, 'age' | 'pgp'>,
): Promise<ReadonlyMap<string, LocalPart>> {
  const parts = new Map<string, LocalPart>();
  for (const group of locks.flatMap(({ keyGroups }) => keyGroups))
    for (const key of inOrder(group)) {
      const outcome = parts.get(key.encrypted) ?? (await partOf(key, services));
      if (outcome === undefined) continue;
      parts.set(key.encrypted, outcome);
      if ('part' in outcome) break;
    }
  return parts;
}

async function partOf(key: MasterKey, { age, pgp }: Pick<KeyServices, 'age' | 'pgp'>): Promise<LocalPart | undefined> {
  const { signal } = new AbortController();
  try {
    if (key.type === 'age' && age !== undefined) return { part: await age(key, signal) };
    if (key.type === 'pgp' && pgp !== undefined) return { part: await pgp(key, signal) };
    return undefined;
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : String(error) };
  }
}
