const FIRST = [
  'Namespace',
  'ResourceQuota',
  'StorageClass',
  'CustomResourceDefinition',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'Endpoints',
  'Service',
  'LimitRange',
  'PriorityClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
] as const;
const LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'] as const;

/** Which kinds come first, in their order, and which last; all others are in between. */
export interface KindOrder {
  readonly first: readonly string[];
  readonly last: readonly string[];
}

/** The order in which kustomize once thought that a cluster wants objects. */
export const LEGACY_ORDER: KindOrder = { first: FIRST, last: LAST };

/** Ranks of kinds: below zero for the first ones, above for the last. */
export function ranksOf({ first, last }: KindOrder): ReadonlyMap<string, number> {
  return new Map([
    ...first.map((kind, index) => [kind, index - first.length] as const),
    ...last.map((kind, index) => [kind, index + 1] as const),
  ]);
}
