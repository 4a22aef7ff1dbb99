import { buckets, externalArtifacts, gitRepositories, ociRepositories, type SourceReference } from '@gotk/api';
import type { Informer, Reader } from '@gotk/kube';
import type { ArtifactSource, Manager } from '@gotk/runtime';

type SourceKind = SourceReference['kind'];

/** What is known of the sources that Kustomizations may refer to, by kind. A kind that is not in it must not be referred to: its feature gate is off. */
export type Sources = Readonly<Partial<Record<SourceKind, Reader<ArtifactSource>>>>;

/** The informers of all kinds of sources. ExternalArtifacts are watched, and may be referred to, only if the gate of that name says so. */
export const sourceInformers = (
  manager: Pick<Manager, 'informer'>,
  options: { readonly externalArtifacts: boolean },
): Readonly<Partial<Record<SourceKind, Informer<ArtifactSource>>>> => ({
  GitRepository: manager.informer(gitRepositories),
  OCIRepository: manager.informer(ociRepositories),
  Bucket: manager.informer(buckets),
  ...(options.externalArtifacts ? { ExternalArtifact: manager.informer(externalArtifacts) } : {}),
});

/** A source from the cache; undefined for one that is not there, and for a kind that there is not: asked of any object, also of one that breaks its schema. */
export function findSource(
  sources: Sources,
  kind: string | undefined,
  key: { readonly namespace: string; readonly name: string },
): ArtifactSource | undefined {
  return kind !== undefined && Object.hasOwn(sources, kind) ? sources[kind as SourceKind]?.get(key) : undefined;
}
