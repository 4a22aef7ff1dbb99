/**
 * The variables of a Kustomization, as they cross into a worker thread. Where they could not be read, why: whether that matters is known when there is an object to
 * substitute them in.
 */
export type Variables =
  | {
      readonly kind: 'known';
      readonly values: readonly Variable[];
      /** Those whose values come from Secrets. */
      readonly secret: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly message: string };

/** A name, and a value; null for what is no text. */
export type Variable = readonly [name: string, value: string | null];

/** What is to be done with them. */
export interface Substitution {
  readonly variables: Variables;
  /** Whether a variable without a value and without a default is an error (gate `StrictPostBuildSubstitutions`). */
  readonly strict: boolean;
  /** Whether to expand expressions though there is no variable (`substituteStrategy: Always`). */
  readonly always: boolean;
}

/** Later ones win. Line breaks are taken out, as the controller of Flux does: a value cannot end the line that it is put into. */
export const mergedVariables = (sources: readonly (readonly Variable[])[]): readonly Variable[] => [
  ...new Map(sources.flat().map(([name, value]) => [name, value?.replaceAll('\n', '') ?? null])),
];

const NAME = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

/** The first name that no expression can refer to. */
export const unusableName = (variables: readonly Variable[]): string | undefined => variables.find(([name]) => !NAME.test(name))?.[0];
