import { type Condition, isRecord, type KubeObject } from '@gotk/apimachinery';

/** The part of a status that the runtime knows of every kind; the rest belongs to the controller. */
export interface CommonStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  readonly lastHandledReconcileAt?: string;
  readonly [field: string]: unknown;
}

export interface StatusBearing extends KubeObject {
  readonly status?: CommonStatus;
}

/** The status as it is stored; {} for an object that has none, or one that is not a status at all. */
export function statusOf(object: KubeObject): CommonStatus {
  const { status } = object as StatusBearing;
  return isRecord(status) ? status : {};
}

/** The conditions that can be told apart by their type. An object stored past its schema may hold anything. */
export function conditionsOf(object: KubeObject): readonly Condition[] {
  const { conditions } = statusOf(object);
  return Array.isArray(conditions) ? conditions.filter((each) => isRecord(each) && typeof each.type === 'string') : [];
}

export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}

/** Ready for its generation. */
export const isCurrent = (object: KubeObject): boolean =>
  statusOf(object).observedGeneration === object.metadata.generation && conditionOf(object, 'Ready')?.status === 'True';

/** `spec.suspend`. */
export function isSuspended(object: KubeObject): boolean {
  const { spec } = object as { readonly spec?: unknown };
  return isRecord(spec) && spec.suspend === true;
}
