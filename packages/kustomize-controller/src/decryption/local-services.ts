import { type KeyLock, SopsError } from '@gotk/sops';
import type { KeyServices, MasterKey } from '@gotk/sops/keys';
import type { LocalPart } from '@gotk/sops/local-keys';
import { KeyFile } from './key-files.ts';
import type { Unwrap, Unwrapped } from './unwrap.ts';

/** Runs `unwrap` in a thread. */
export type UnwrapInThread = (task: Unwrap) => Promise<Unwrapped>;

/** Of encrypted data keys, for a thread at once. */
const MAX_CHARACTERS = 2 * 1024 * 1024;

/**
 * The key services of age and OpenPGP, once a thread has tried the files of a Secret on the locks: hostile keys can take seconds, and this
 * thread serves everybody. Without locks it only tells whether the files are what their names say. Throws what `unwrap` throws.
 */
export async function localServices(
  files: ReadonlyMap<string, string>,
  locks: readonly KeyLock[],
  unwrap: UnwrapInThread,
): Promise<Pick<KeyServices, 'age' | 'pgp'>> {
  const local = new Map([...files].filter(([name]) => name.endsWith(KeyFile.Age) || name.endsWith(KeyFile.Pgp)));
  const parts = new Map<string, LocalPart>();
  if (local.size > 0)
    for (const batch of batches(locks))
      for (const [encrypted, part] of await unwrap({ files: local, locks: batch })) parts.set(encrypted, part);
  const service =
    (none: string) =>
    async ({ encrypted }: Pick<MasterKey, 'encrypted'>): Promise<Uint8Array> => {
      const outcome = parts.get(encrypted) ?? { refusal: none };
      if ('part' in outcome) return outcome.part;
      throw new SopsError('no-key', outcome.refusal);
    };
  return { age: service('there are no age identities'), pgp: service('there are no OpenPGP keys') };
}

function batches(locks: readonly KeyLock[]): readonly (readonly KeyLock[])[] {
  const lists: KeyLock[][] = [[]];
  let characters = 0;
  for (const lock of locks) {
    const length = lock.keyGroups.flat().reduce((sum, { encrypted }) => sum + encrypted.length, 0);
    if (characters > 0 && characters + length > MAX_CHARACTERS) {
      lists.push([]);
      characters = 0;
    }
    characters += length;
    lists.at(-1)?.push(lock);
  }
  return lists;
}
