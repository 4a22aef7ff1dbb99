import type { KubeObject, ManagedFieldsEntry } from '@gotk/apimachinery';
import type { ObjectReference } from './inventory.ts';
import { type TakenField, type TakenOptions, takenFields } from './managed-fields/taken-fields.ts';

/** How an object had moved away from what was applied. */
export type Drift =
  | { readonly kind: 'deleted' }
  /** The fields, as far as they are known; `more` of them are not listed. */
  | { readonly kind: 'changed'; readonly fields: readonly TakenField[]; readonly more: number };

/** An object that has moved, and is left as it is. */
export interface DriftedObject {
  readonly reference: ObjectReference;
  readonly drift: Drift;
}

const LISTED = 20;

/** What had changed of an object between what it was and what it is, or would be, when it is put right. */
export function driftBetween(before: readonly ManagedFieldsEntry[] | undefined, after: KubeObject, options: TakenOptions): Drift {
  const fields = before === undefined ? [] : takenFields(before, after.metadata.managedFields ?? [], options);
  return { kind: 'changed', fields: fields.slice(0, LISTED), more: Math.max(0, fields.length - LISTED) };
}
