import type { GitRepository, Kustomization } from '@gotk/api';
import type { Reader } from '@gotk/kube';

export interface OwnershipOptions {
  readonly kustomizations: Reader<Kustomization>;
  readonly repositories: Reader<GitRepository>;
}

/**
 * Whether another Kustomization still wants an object that carries its labels: it is there, lists the object, and has seen the newest revision of its source. One
 * that is behind may be about to hand the object over, as when a file moves from one directory to another; it is not in anybody's way.
 */
export function isWantedBy(owner: string, id: string, { kustomizations, repositories }: OwnershipOptions): boolean {
  const [namespace = '', name = ''] = owner.split('/');
  const other = kustomizations.get({ namespace, name });
  if (other === undefined || other.metadata.deletionTimestamp !== undefined) return false;
  if (other.status?.inventory?.entries.some((entry) => entry.id === id) !== true) return false;
  const { sourceRef } = other.spec;
  const revision = repositories.get({ namespace: sourceRef.namespace ?? namespace, name: sourceRef.name })?.status?.artifact?.revision;
  return other.status.observedGeneration === other.metadata.generation && other.status.lastAppliedRevision === revision;
}
