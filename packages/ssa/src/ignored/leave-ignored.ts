import { deepEqual, isRecord, type ManagedFieldsEntry, type Unstructured } from '@gotk/apimachinery';
import { has } from '../managed-fields/field-set.ts';
import type { IgnoredField } from './ignored-field.ts';
import { counterpartAt, valueAt, withValueAt } from './value-at.ts';

/**
 * What to apply so that ignored fields stay as they are in the cluster. A field that differs there is left out when it is gone, or when another manager applies
 * it; else the value of the cluster is taken for the desired one, so that it stays ours and no other is lost. Pure.
 */
export function leaveIgnored(
  desired: Unstructured,
  live: Unstructured,
  { fields, fieldManager }: { readonly fields: readonly IgnoredField[]; readonly fieldManager: string },
): Unstructured {
  const applied = (live.metadata.managedFields ?? []).filter(
    ({ operation, subresource = '' }) => operation === 'Apply' && subresource === '',
  );
  const holds = ({ fieldsV1 }: ManagedFieldsEntry, { path }: IgnoredField) => isRecord(fieldsV1) && has(fieldsV1, path);
  return fields.reduce<Unstructured>((payload, field) => {
    const [wanted, found] = [valueAt(desired, field.tokens), counterpartAt(live, desired, field.tokens)];
    if (deepEqual(wanted, found)) return payload;
    const [ours, others] = [
      applied.filter(({ manager }) => manager === fieldManager),
      applied.filter(({ manager }) => manager !== fieldManager),
    ];
    const isOthers = others.some((entry) => holds(entry, field));
    // Not in the manifest, and not ours: it stays without our help.
    if (wanted === undefined && (isOthers || !ours.some((entry) => holds(entry, field)))) return payload;
    return withValueAt(payload, field.tokens, isOthers ? undefined : found) as Unstructured;
  }, desired);
}
