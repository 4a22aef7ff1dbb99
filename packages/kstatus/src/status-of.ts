import { type GroupVersionKind, gvkOf, type Unstructured } from '@gotk/apimachinery';
import { fieldsOf } from './fields.ts';
import { customResourceDefinition, generic, persistentVolumeClaim, podDisruptionBudget, service } from './others.ts';
import { inProgress, type Verdict } from './status.ts';
import { daemonSet, deployment, job, pod, replicaSet, statefulSet } from './workloads.ts';

const RULES: Readonly<Record<string, (object: Unstructured) => Verdict>> = {
  'apps/Deployment': deployment,
  'apps/ReplicaSet': replicaSet,
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': daemonSet,
  'batch/Job': job,
  '/Pod': pod,
  '/Service': service,
  '/PersistentVolumeClaim': persistentVolumeClaim,
  'policy/PodDisruptionBudget': podDisruptionBudget,
  'apiextensions.k8s.io/CustomResourceDefinition': customResourceDefinition,
};

/** Kinds that have no status to wait for: they are what they are as soon as they exist. Their health needs no look at the object. */
const STATELESS = new Set([
  '/ConfigMap',
  '/Secret',
  '/ServiceAccount',
  '/LimitRange',
  'networking.k8s.io/NetworkPolicy',
  'networking.k8s.io/IngressClass',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/StorageClass',
]);

export const isStateless = ({ group, kind }: GroupVersionKind): boolean => STATELESS.has(`${group}/${kind}`);

/**
 * The health of an object, from the object alone: a deletion under way, a controller that has not seen the newest generation, then the rules of its kind,
 * or its standard conditions.
 */
export function statusOf(object: Unstructured): Verdict {
  if (object.metadata.deletionTimestamp !== undefined) return { status: 'Terminating', message: 'the object is being deleted' };
  const observed = fieldsOf(object).number('status.observedGeneration');
  if (observed !== undefined && object.metadata.generation !== undefined && observed !== object.metadata.generation) {
    return inProgress(`generation ${object.metadata.generation} has not been observed, only ${observed}`);
  }
  const { group, kind } = gvkOf(object);
  const rule = RULES[`${group}/${kind}`];
  // A workload that its controller has never looked at says nothing about itself yet.
  if (rule !== undefined && group === 'apps' && observed === undefined) return inProgress('not observed by its controller yet');
  return (rule ?? generic)(object);
}
