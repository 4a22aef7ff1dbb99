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

interface Kind {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
}

const LEGACY_RANKS = ranksOf(LEGACY_ORDER);

/** Orders by the rank of the kind, then by group, version and kind as text. */
export const compareKinds = (a: Kind, b: Kind): number =>
  (LEGACY_RANKS.get(a.kind ?? '') ?? 0) - (LEGACY_RANKS.get(b.kind ?? '') ?? 0) || compareText(textOf(a), textOf(b));

/** What is missing sorts behind everything written. */
export const textOf = ({ group, version, kind }: Kind): string => [group || '~G', version || '~V', kind || '~K'].join('_');

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
