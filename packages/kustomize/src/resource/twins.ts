/**
 * Places of one object that got a label, or an annotation, by one rule. kustomize keeps a single value for all of them: what changes it in one place later on,
 * changes it in the others.
 */
export interface Twins {
  readonly paths: readonly (readonly string[])[];
  readonly value: unknown;
}
