import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatOf, type SopsFormat } from '../src/format/format.ts';
import { ageIdentities, ageService } from '../src/keys/age.ts';
import { recoverDataKey } from '../src/keys/data-key.ts';
import type { KeyServices } from '../src/keys/master-key.ts';
import { pgpKeys, pgpService } from '../src/keys/pgp.ts';
import { decryptSopsFile, parseSopsFile } from '../src/sops-file.ts';

const DIRECTORY = fileURLToPath(new URL('testdata', import.meta.url));

/** A file of the real sops, with what the real sops decrypts it to: scripts/record-fixtures.sh makes them. */
export interface Fixture {
  readonly name: string;
  readonly format: SopsFormat;
  readonly encrypted: Buffer;
  readonly decrypted: Buffer;
}

const contentOf = (...path: readonly string[]): Buffer => readFileSync(join(DIRECTORY, ...path));
export const keyFile = (name: string): string => contentOf('keys', name).toString('utf8');

export const fixtures: readonly Fixture[] = readdirSync(join(DIRECTORY, 'files'))
  .filter((file) => file.includes('.enc.'))
  .map((file) => ({
    name: file.replace('.enc', ''),
    format: formatOf(file),
    encrypted: contentOf('files', file),
    decrypted: contentOf('files', file.replace('.enc.', '.dec.')),
  }));

export function fixture(name: string): Fixture {
  const found = fixtures.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no fixture '${name}'`);
  return found;
}

/** The key services of whoever has these files of test/testdata/keys. */
export async function services(...files: readonly string[]): Promise<KeyServices> {
  const age = files.filter((file) => file.endsWith('.agekey')).flatMap((file) => ageIdentities(keyFile(file)));
  const pgp = await Promise.all(files.filter((file) => file.endsWith('.asc')).map((file) => pgpKeys(keyFile(file))));
  return { age: ageService(age), pgp: pgpService(pgp.flat()) };
}

export async function decrypted(bytes: Uint8Array, format: SopsFormat, keys: KeyServices): Promise<Buffer> {
  const file = parseSopsFile(bytes, format);
  return decryptSopsFile(file, await recoverDataKey(file.metadata, keys, AbortSignal.timeout(30_000))).bytes;
}
