import type { KeyLock } from '@gotk/sops';
import { ageIdentities, ageService, type LocalPart, localParts, pgpKeys, pgpService } from '@gotk/sops/local-keys';
import { imported, KeyFile } from './key-files.ts';

/** Plain data: it crosses into a worker thread. */
export interface Unwrap {
  /** Files of a Secret with age identities and OpenPGP keys, by their names. */
  readonly files: ReadonlyMap<string, string>;
  readonly locks: readonly KeyLock[];
}

/** By the encrypted data keys, what came of them. */
export type Unwrapped = ReadonlyMap<string, LocalPart>;

/** Tries age identities and OpenPGP keys on locks. Throws `InvalidKeyFile` for a file that is not what its name says, also without a lock. */
export async function unwrap({ files, locks }: Unwrap): Promise<Unwrapped> {
  const named = (suffix: string) => [...files].filter(([name]) => name.endsWith(suffix));
  const age = await Promise.all(named(KeyFile.Age).map(([name, text]) => imported(name, () => ageIdentities(text))));
  const pgp = await Promise.all(named(KeyFile.Pgp).map(([name, text]) => imported(name, () => pgpKeys(text))));
  return await localParts(locks, { age: ageService(age.flat()), pgp: pgpService(pgp.flat()) });
}
