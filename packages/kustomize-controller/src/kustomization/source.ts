import { type Artifact, type Kustomization, ORIGIN_REVISION, Reason, type SourceReference } from '@gotk/api';
import { checkCrossNamespace, Stalled, sourceId, Waiting } from '@gotk/runtime';
import { findSource, type Sources } from './sources.ts';

/** What a Kustomization applies. */
export interface Source {
  readonly artifact: Artifact;
  readonly revision: string;
  readonly originRevision: string | undefined;
}

export interface SourceOptions {
  readonly sources: Sources;
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
export function sourceOf(kustomization: Kustomization, { sources, crossNamespaceAllowed, againMs }: SourceOptions): Source {
  const { kind, name, namespace } = kustomization.spec.sourceRef;
  const key = { namespace: namespace ?? kustomization.metadata.namespace ?? '', name };
  checkCrossNamespace(kustomization, { kind, ...key }, { allowed: crossNamespaceAllowed });
  const shown = sourceId(kind, key);
  if (!Object.hasOwn(sources, kind))
    throw new Stalled({ reason: Reason.AccessDenied, message: `can't access '${shown}', ${kind} feature gate is disabled` });
  const found = findSource(sources, kind, key);
  const artifact = found?.status?.artifact;
  if (found === undefined) throw new Waiting({ reason: Reason.ArtifactFailed, message: `Source '${shown}' not found`, againMs });
  if (artifact === undefined)
    throw new Waiting({ reason: Reason.ArtifactFailed, message: `Source '${shown}' is not ready, artifact not found`, againMs });
  return { artifact, revision: artifact.revision, originRevision: artifact.metadata?.[ORIGIN_REVISION] };
}
