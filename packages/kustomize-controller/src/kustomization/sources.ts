import { buckets, externalArtifacts, gitRepositories, type Kustomization, ociRepositories, type SourceReference } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { type Informer, isNotFound, type KubeClient, type Reader } from '@gotk/kube';
import type { ArtifactSource, Manager } from '@gotk/runtime';

type SourceKind = SourceReference['kind'];

/** Each kind of source with its place in the API. */
export const sourceResources: Readonly<Record<SourceKind, Resource<ArtifactSource>>> = {
  GitRepository: gitRepositories,
  OCIRepository: ociRepositories,
  Bucket: buckets,
  ExternalArtifact: externalArtifacts,
};

/** What is known of the sources that Kustomizations may refer to, by kind. A kind that is not in it must not be referred to: its feature gate is off. */
export type Sources = Readonly<Partial<Record<SourceKind, Pick<Reader<ArtifactSource>, 'get'>>>>;

/** The informers of all kinds of sources. ExternalArtifacts are watched, and may be referred to, only if the gate of that name says so. */
export const sourceInformers = (
  manager: Pick<Manager, 'informer'>,
  options: { readonly externalArtifacts: boolean },
): Readonly<Partial<Record<SourceKind, Informer<ArtifactSource>>>> => {
  const { ExternalArtifact, ...others } = sourceResources;
  const known = options.externalArtifacts ? { ...others, ExternalArtifact } : others;
  return Object.fromEntries(Object.entries(known).map(([kind, resource]) => [kind, manager.informer(resource)]));
};

/**
 * What there is of the source that a Kustomization refers to, asked of the API server and not of the cache, which may be behind (gate DirectSourceFetch). Nothing
 * is asked of a kind, or of another namespace, that must not be referred to.
 */
export async function askedSources(
  { spec, metadata }: Kustomization,
  {
    client,
    sources,
    crossNamespaceAllowed,
    signal,
  }: { readonly client: KubeClient; readonly sources: Sources; readonly crossNamespaceAllowed: boolean; readonly signal: AbortSignal },
): Promise<Sources> {
  const { kind, name, namespace = metadata.namespace ?? '' } = spec.sourceRef;
  if (!Object.hasOwn(sources, kind) || (namespace !== metadata.namespace && !crossNamespaceAllowed)) return sources;
  try {
    const found = await client.get(sourceResources[kind], { namespace, name }, { signal });
    return { [kind]: { get: () => found } };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return { [kind]: { get: () => undefined } };
  }
}

/** A source from the cache; undefined for one that is not there, and for a kind that there is not: asked of any object, also of one that breaks its schema. */
export function findSource(
  sources: Sources,
  kind: string | undefined,
  key: { readonly namespace: string; readonly name: string },
): ArtifactSource | undefined {
  return kind !== undefined && Object.hasOwn(sources, kind) ? sources[kind as SourceKind]?.get(key) : undefined;
}
