import type { Kustomization } from '@gotk/api';
import type { Informer } from '@gotk/kube';
import { type CelEvaluator, type Dependencies, dependencies } from '@gotk/runtime';
import { type Source, sourceIdOf } from './source.ts';

export interface DependencyOptions {
  readonly kustomizations: Informer<Kustomization>;
  readonly cel: CelEvaluator;
  readonly additive: boolean;
  readonly crossNamespaceAllowed: boolean;
}

/** Kustomizations depend on Kustomizations; those who follow the same source have to come to the same revision in turn. */
export const dependenciesOf = ({ kustomizations, ...rules }: DependencyOptions): Dependencies<Kustomization> =>
  dependencies({
    kind: 'Kustomization',
    informer: kustomizations,
    dependenciesOf: ({ spec }) => spec?.dependsOn ?? [],
    lookedAt: ({ status }) => status?.lastAppliedRevision,
    ...rules,
  });

/** What is wrong with a dependency that is ready: what it was last ready with is not what this one is about to be applied from. */
export const revisionObjection =
  (dependant: Kustomization, { revision }: Source) =>
  (dependency: Kustomization): string | undefined =>
    sourceIdOf(dependency) === sourceIdOf(dependant) && dependency.status?.lastAppliedRevision !== revision
      ? 'revision is not up to date'
      : undefined;
