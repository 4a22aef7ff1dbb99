import { createHash } from 'node:crypto';
import { isRecord, type ObjectMeta } from '@gotk/apimachinery';
import { type FieldPath, without } from './managed-fields/field-set.ts';

/**
 * The digest of one manager's Apply entry in `managedFields`; '' when it has none.
 *
 * The API server takes a field out of the entry as soon as another manager changes its value, and drops the entry when it is reset: an entry that is as it
 * was after our own apply means that nothing we own has been changed. Its time is left out: it moves with every write of ours; and so are ignored fields.
 */
export function entryDigest(
  { managedFields = [] }: Pick<ObjectMeta, 'managedFields'>,
  manager: string,
  ignored: readonly FieldPath[] = [],
): string {
  const entry = managedFields.find(
    (candidate) => candidate.manager === manager && candidate.operation === 'Apply' && (candidate.subresource ?? '') === '',
  );
  // The server renders field sets in one order: equal sets are equal text.
  if (entry === undefined) return '';
  const { apiVersion, fieldsV1 } = entry;
  const fields = ignored.length > 0 && isRecord(fieldsV1) ? without(fieldsV1, ignored) : fieldsV1;
  return createHash('sha256')
    .update(`${apiVersion} ${JSON.stringify(fields)}`)
    .digest('base64url')
    .slice(0, 22);
}
