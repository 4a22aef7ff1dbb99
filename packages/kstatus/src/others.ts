import type { Unstructured } from '@gotk/apimachinery';
import { fieldsOf } from './fields.ts';
import { current, failed, inProgress, type Verdict } from './status.ts';

export function persistentVolumeClaim(object: Unstructured): Verdict {
  const phase = fieldsOf(object).string('status.phase');
  return phase === 'Bound' ? current('the claim is bound') : inProgress(`the claim is ${phase ?? 'unknown'}, not bound`);
}

export function service(object: Unstructured): Verdict {
  const { string } = fieldsOf(object);
  if (string('spec.type') === 'LoadBalancer' && string('spec.clusterIP') === undefined)
    return inProgress('the load balancer has no address yet');
  return current('the Service is ready');
}

export function podDisruptionBudget(object: Unstructured): Verdict {
  const { number } = fieldsOf(object);
  const [healthy, wanted] = [number('status.currentHealthy') ?? 0, number('status.desiredHealthy')];
  if (wanted === undefined) return inProgress('the budget is not known yet');
  return healthy < wanted ? inProgress(`${healthy}/${wanted} pods are healthy`) : current(`${healthy}/${wanted} pods are healthy`);
}

export function customResourceDefinition(object: Unstructured): Verdict {
  const { condition } = fieldsOf(object);
  const names = condition('NamesAccepted');
  if (names?.status === 'False') return failed(names.message);
  const established = condition('Established');
  if (established?.status === 'False' && established.reason !== 'Installing') return failed(established.message);
  return established?.status === 'True' ? current('the CRD is established') : inProgress('the CRD is being installed');
}

/** What every other kind can say of itself: conditions named as the Kubernetes conventions have them, and nothing needed. */
export function generic(object: Unstructured): Verdict {
  const { condition } = fieldsOf(object);
  const reconciling = condition('Reconciling');
  if (reconciling?.status === 'True') return inProgress(reconciling.message);
  const stalled = condition('Stalled');
  if (stalled?.status === 'True') return failed(stalled.message);
  const ready = condition('Ready');
  if (ready === undefined || ready.status === 'True') return current(ready?.message || 'the object is there');
  return inProgress(ready.message);
}
