import { type Artifact, type GitRepository, type Kustomization, ORIGIN_REVISION, Reason, type SourceReference } from '@gotk/api';
import type { Reader } from '@gotk/kube';
import { checkCrossNamespace, sourceId, Waiting } from '@gotk/runtime';

/** What a Kustomization applies. */
export interface Source {
  readonly artifact: Artifact;
  readonly revision: string;
  readonly originRevision: string | undefined;
}

export interface SourceOptions {
  readonly repositories: Reader<GitRepository>;
  readonly crossNamespaceAllowed: boolean;
  readonly againMs: number;
}

/** Under which a Kustomization is found by what it refers to. */
export function sourceIdOf({ spec, metadata }: Kustomization): string {
  // Asked of any object in the cache: one that breaks its schema must not fail another.
  const { kind, namespace = metadata.namespace ?? '', name = '' }: Partial<SourceReference> = spec?.sourceRef ?? {};
  return sourceId(kind ?? '', { namespace, name });
}

/** The source's artifact, from the cache. Throws `Waiting` until there is one, and `Stalled` for a source that must not be referred to. */
export function sourceOf(kustomization: Kustomization, { repositories, crossNamespaceAllowed, againMs }: SourceOptions): Source {
  const { kind, name, namespace } = kustomization.spec.sourceRef;
  const key = { namespace: namespace ?? kustomization.metadata.namespace ?? '', name };
  checkCrossNamespace(kustomization, { kind, ...key }, { allowed: crossNamespaceAllowed });
  const shown = sourceId(kind, key);
  const artifact = repositories.get(key)?.status?.artifact;
  if (repositories.get(key) === undefined)
    throw new Waiting({ reason: Reason.ArtifactFailed, message: `Source '${shown}' not found`, againMs });
  if (artifact === undefined)
    throw new Waiting({ reason: Reason.ArtifactFailed, message: `Source '${shown}' is not ready, artifact not found`, againMs });
  return { artifact, revision: artifact.revision, originRevision: artifact.metadata?.[ORIGIN_REVISION] };
}
