import type { Unstructured } from '@gotk/apimachinery';
import { fieldsOf } from './fields.ts';
import { current, failed, inProgress, type Verdict } from './status.ts';

export function deployment(object: Unstructured): Verdict {
  const { number, condition } = fieldsOf(object);
  const wanted = number('spec.replicas') ?? 1;
  const [updated, total, available, ready] = ['updatedReplicas', 'replicas', 'availableReplicas', 'readyReplicas'].map(
    (name) => number(`status.${name}`) ?? 0,
  ) as [number, number, number, number];
  if (condition('Progressing')?.reason === 'ProgressDeadlineExceeded') return failed('progress deadline exceeded');
  if (updated < wanted) return inProgress(`${updated}/${wanted} replicas are updated`);
  if (total > updated) return inProgress(`${total - updated} old replicas are pending termination`);
  if (available < updated) return inProgress(`${available}/${updated} replicas are available`);
  if (ready < wanted) return inProgress(`${ready}/${wanted} replicas are ready`);
  if (condition('Available')?.status !== 'True' && wanted > 0 && condition('Available') !== undefined)
    return inProgress('the Deployment is not available');
  return current(`${wanted} replicas are available`);
}

export function replicaSet(object: Unstructured): Verdict {
  const { number, condition } = fieldsOf(object);
  const wanted = number('spec.replicas') ?? 1;
  if (condition('ReplicaFailure')?.status === 'True') return inProgress(`replicas fail: ${condition('ReplicaFailure')?.message}`);
  const [labelled, available, ready, total] = ['fullyLabeledReplicas', 'availableReplicas', 'readyReplicas', 'replicas'].map(
    (name) => number(`status.${name}`) ?? 0,
  ) as [number, number, number, number];
  if (labelled < wanted) return inProgress(`${labelled}/${wanted} replicas are labelled`);
  if (available < wanted) return inProgress(`${available}/${wanted} replicas are available`);
  if (ready < wanted) return inProgress(`${ready}/${wanted} replicas are ready`);
  if (total > wanted) return inProgress(`${total - wanted} replicas are pending termination`);
  return current(`${wanted} replicas are available`);
}

export function statefulSet(object: Unstructured): Verdict {
  const { number, string } = fieldsOf(object);
  if (string('spec.updateStrategy.type') === 'OnDelete') return current('updates happen on delete');
  const wanted = number('spec.replicas') ?? 1;
  const [total, ready, currentReplicas, updated] = ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas'].map(
    (name) => number(`status.${name}`) ?? 0,
  ) as [number, number, number, number];
  if (total < wanted) return inProgress(`${total}/${wanted} replicas exist`);
  if (ready < wanted) return inProgress(`${ready}/${wanted} replicas are ready`);
  if (total > wanted) return inProgress(`${total - wanted} replicas are pending termination`);
  const partition = number('spec.updateStrategy.rollingUpdate.partition') ?? 0;
  if (partition > 0) {
    return updated < wanted - partition
      ? inProgress(`${updated}/${wanted - partition} replicas of the partition are updated`)
      : current(`the partition is rolled out, ${updated} replicas are updated`);
  }
  if (currentReplicas < wanted) return inProgress(`${currentReplicas}/${wanted} replicas are current`);
  if (string('status.currentRevision') !== string('status.updateRevision')) return inProgress('replicas are of an old revision');
  return current(`${wanted} replicas are ready`);
}

export function daemonSet(object: Unstructured): Verdict {
  const { number, string } = fieldsOf(object);
  if (string('spec.updateStrategy.type') === 'OnDelete') return current('updates happen on delete');
  const wanted = number('status.desiredNumberScheduled');
  if (wanted === undefined) return inProgress('the number of nodes is not known yet');
  const [scheduled, updated, available, ready] = ['currentNumberScheduled', 'updatedNumberScheduled', 'numberAvailable', 'numberReady'].map(
    (name) => number(`status.${name}`) ?? 0,
  ) as [number, number, number, number];
  if (scheduled < wanted) return inProgress(`${scheduled}/${wanted} pods are scheduled`);
  if (updated < wanted) return inProgress(`${updated}/${wanted} pods are updated`);
  if (available < wanted) return inProgress(`${available}/${wanted} pods are available`);
  if (ready < wanted) return inProgress(`${ready}/${wanted} pods are ready`);
  return current(`${wanted} pods are ready`);
}

export function pod(object: Unstructured): Verdict {
  const { string, condition } = fieldsOf(object);
  const phase = string('status.phase');
  switch (phase) {
    case 'Succeeded':
      return current('the pod has completed');
    case 'Failed':
      return failed('the pod has failed');
    case 'Running':
      if (condition('Ready')?.status === 'True') return current('the pod is ready');
      return crashing(object) ? failed('a container crashes again and again') : inProgress('the pod runs and is not ready yet');
    case 'Pending':
      return condition('PodScheduled')?.reason === 'Unschedulable'
        ? inProgress('the pod cannot be scheduled')
        : inProgress('the pod is pending');
    default:
      return inProgress('the pod has no phase yet');
  }
}

function crashing(object: Unstructured): boolean {
  const { containerStatuses } = (object.status ?? {}) as { containerStatuses?: readonly { state?: { waiting?: { reason?: string } } }[] };
  return containerStatuses?.some(({ state }) => state?.waiting?.reason === 'CrashLoopBackOff') === true;
}

export function job(object: Unstructured): Verdict {
  const { number, string, boolean, condition } = fieldsOf(object);
  const completions = number('spec.completions') ?? number('spec.parallelism') ?? 1;
  const succeeded = number('status.succeeded') ?? 0;
  if (boolean('spec.suspend') === true) return current('the Job is suspended');
  if (condition('Complete')?.status === 'True') return current(`the Job is complete, ${succeeded}/${completions} succeeded`);
  const failure = condition('Failed');
  if (failure?.status === 'True') return failed(`the Job has failed, ${number('status.failed') ?? 0} pods failed: ${failure.message}`);
  if (string('status.startTime') === undefined) return inProgress('the Job has not started');
  // kstatus is content with a Job under way. Whoever waits for one waits for its end, as Flux does.
  return inProgress(`the Job is in progress, ${succeeded}/${completions} succeeded`);
}
