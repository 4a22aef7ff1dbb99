import { compareText } from '@gotk/apimachinery';

/** The order in which Helm creates objects: kinds that are not here come behind them, by their name. */
export const INSTALL_ORDER: readonly string[] = [
  'PriorityClass',
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'SecretList',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleList',
  'ClusterRoleBinding',
  'ClusterRoleBindingList',
  'Role',
  'RoleList',
  'RoleBinding',
  'RoleBindingList',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
];

/**
 * The order in which Helm deletes objects: the other way round, but Services before what answers for them; kinds that are not here still
 * come last.
 */
export const UNINSTALL_ORDER: readonly string[] = INSTALL_ORDER.toReversed().flatMap((kind) => {
  if (kind === 'Service') return [];
  return kind === 'IngressClass' ? [kind, 'Service'] : [kind];
});

/** Orders kinds by one of the two; the same kinds stay as they are. */
export function compareKinds(order: readonly string[]): (a: string, b: string) => number {
  const ranks = new Map(order.map((kind, rank) => [kind, rank]));
  return (a, b) => {
    const [left, right] = [ranks.get(a), ranks.get(b)];
    if (left === undefined && right === undefined) return compareText(a, b);
    return (left ?? order.length) - (right ?? order.length);
  };
}
