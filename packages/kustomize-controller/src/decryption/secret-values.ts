import type { Unstructured } from '@gotk/apimachinery';
import type { SopsFormat } from '@gotk/sops';
import { formatFor, isMarked, openFile } from './encrypted-bytes.ts';
import { isExempted } from './exempt.ts';
import type { KeyRing } from './key-ring.ts';

/** What is told apart by its marker; a binary file is one of JSON. */
const FORMATS: readonly SopsFormat[] = ['json', 'dotenv', 'ini', 'yaml'];

/** A Secret with the values decrypted that are encrypted files themselves; anything else as it is. Throws `BuildError`. */
export function withOpenValues(object: Unstructured, ring: KeyRing): Unstructured {
  const { kind, apiVersion, metadata, data } = object;
  if (kind !== 'Secret' || apiVersion !== 'v1' || typeof data !== 'object' || data === null) return object;
  if (isExempted(metadata.annotations ?? {})) return object;
  let isChanged = false;
  const values = Object.entries(data).map(([key, value]): readonly [string, unknown] => {
    if (typeof value !== 'string') return [key, value];
    const bytes = Buffer.from(value, 'base64');
    const format = FORMATS.find((one) => isMarked(bytes, one));
    if (format === undefined) return [key, value];
    isChanged = true;
    const name = `${kind}/${metadata.namespace ?? ''}/${metadata.name} ${key}`;
    return [key, Buffer.from(openFile({ name, bytes, format, output: formatFor(key) }, ring)).toString('base64')];
  });
  return isChanged ? { ...object, data: Object.fromEntries(values) } : object;
}
