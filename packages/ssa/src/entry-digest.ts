import { createHash } from 'node:crypto';
import type { ObjectMeta } from '@gotk/apimachinery';

/**
 * The digest of one manager's Apply entry in `managedFields`; '' when it has none.
 *
 * The API server takes a field out of the entry as soon as another manager changes its value, and drops the entry when it is reset: an entry that is as it
 * was after our own apply means that nothing we own has been changed. Its time is left out: it moves with every write of ours.
 */
export function entryDigest({ managedFields = [] }: Pick<ObjectMeta, 'managedFields'>, manager: string): string {
  const entry = managedFields.find(
    (candidate) => candidate.manager === manager && candidate.operation === 'Apply' && (candidate.subresource ?? '') === '',
  );
  // The server renders field sets in one order: equal sets are equal text.
  return entry === undefined
    ? ''
    : createHash('sha256')
        .update(`${entry.apiVersion} ${JSON.stringify(entry.fieldsV1)}`)
        .digest('base64url')
        .slice(0, 22);
}
