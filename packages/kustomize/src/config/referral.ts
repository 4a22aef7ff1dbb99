import type { FieldSpec, KindSelector } from './field-spec.ts';

/** The kinds that a name may belong to, and the fields of others that name them. */
export interface Referral extends KindSelector {
  readonly fields: readonly FieldSpec[];
}
