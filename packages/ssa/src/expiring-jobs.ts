import { isRecord, type KubeObject, type ObjectMeta, type Unstructured } from '@gotk/apimachinery';
import { statusOf, type Verdict } from '@gotk/kstatus';
import type { JobEnd } from './ledger.ts';

const isJob = ({ apiVersion, kind }: KubeObject): boolean => kind === 'Job' && apiVersion.startsWith('batch/');

/** Whether it is a Job that shall delete itself once it has ended (`ttlSecondsAfterFinished`). That it is gone then is what was asked for. */
export const expires = (object: Unstructured): boolean =>
  isJob(object) && isRecord(object.spec) && typeof object.spec.ttlSecondsAfterFinished === 'number';

/**
 * How a live Job that deletes itself has ended, from its metadata alone: by who manages which field. Undefined for one that has not, and for all other objects. The
 * TTL need not be ours: there are webhooks that set one.
 */
export function endOf(object: KubeObject): JobEnd | undefined {
  if (!isJob(object) || !somebodyHolds(object.metadata, 'f:spec', 'f:ttlSecondsAfterFinished')) return undefined;
  // The time of completion is set by success alone; a Job that runs has no conditions yet.
  if (somebodyHolds(object.metadata, 'f:status', 'f:completionTime')) return 'complete';
  return somebodyHolds(object.metadata, 'f:status', 'f:conditions') ? 'failed' : undefined;
}

const somebodyHolds = ({ managedFields = [] }: ObjectMeta, part: string, field: string): boolean =>
  managedFields.some(({ fieldsV1 }) => {
    const fields = isRecord(fieldsV1) ? fieldsV1[part] : undefined;
    return isRecord(fields) && Object.hasOwn(fields, field);
  });

/** What to make of a Job that deletes itself and is gone, by how it was last seen; undefined when somebody else has deleted it. */
export function verdictOfGone(last: Unstructured | undefined, end: JobEnd | undefined): Verdict | undefined {
  const status = last === undefined ? undefined : statusOf(last).status;
  if (end === 'failed' || status === 'Failed') return { status: 'Failed', message: 'the Job has failed, and has deleted itself' };
  // It was applied, and nobody has seen it since: it had no time for more than to run.
  if (end === 'complete' || status === 'Current' || last === undefined)
    return { status: 'Current', message: 'the Job is complete, and has deleted itself' };
  return undefined;
}
