import type { Artifact, GitRepository } from '@gotk/api';

type Spec = GitRepository['spec'];
type Status = NonNullable<GitRepository['status']>;
type Entry = NonNullable<Spec['include']>[number];

/** An entry of `spec.include`, with the artifact that it stands for now. */
export interface Included {
  readonly entry: Entry;
  readonly artifact: Artifact;
}

/** What decides the content of an artifact besides the commit, as the status keeps it. */
export type Observations = Pick<
  Status,
  'observedIgnore' | 'observedRecurseSubmodules' | 'observedInclude' | 'observedSparseCheckout' | 'includedArtifacts'
>;

/** The fields of the status after an artifact was made by this spec. What is undefined is not there, as upstream writes none of the empty ones. */
export function observationsOf(
  spec: Spec,
  included: readonly Included[],
): { readonly [Field in keyof Observations]-?: Observations[Field] | undefined } {
  return {
    observedIgnore: spec.ignore,
    observedRecurseSubmodules: spec.recurseSubmodules === true ? true : undefined,
    observedInclude: filled(included.map(({ entry }) => entry)),
    observedSparseCheckout: filled(spec.sparseCheckout),
    includedArtifacts: filled(included.map(({ artifact }) => artifact)),
  };
}

const filled = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

/** Equal for what makes equal artifacts of one commit, and for nothing else. */
export function contentId(observed: { readonly [Field in keyof Observations]?: Observations[Field] | undefined }): string {
  const { observedIgnore, observedRecurseSubmodules, observedInclude = [], observedSparseCheckout = [], includedArtifacts = [] } = observed;
  return JSON.stringify([
    observedIgnore ?? null,
    observedRecurseSubmodules === true,
    observedInclude.map(({ repository, fromPath = '', toPath = '' }) => [repository.name, fromPath, toPath]),
    observedSparseCheckout,
    includedArtifacts.map(({ revision, digest }) => [revision, digest]),
  ]);
}
