import { Annotation } from '@gotk/api';
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

/** The token of `reconcile.fluxcd.io/requestedAt`, handled or not. */
export function requestOf({ metadata }: KubeObject): string | undefined {
  const token = metadata.annotations?.[Annotation.requestedAt];
  return token === '' ? undefined : token;
}

/** The token of a reconcile request that the status does not show as handled. */
export function pendingRequest(object: KubeObject): string | undefined {
  const token = requestOf(object);
  return token === statusOf(object).lastHandledReconcileAt ? undefined : token;
}

/** Ready for its generation, with nobody waiting for an answer. */
export function isSettled(object: KubeObject): boolean {
  return (
    statusOf(object).observedGeneration === object.metadata.generation &&
    conditionOf(object, 'Ready')?.status === 'True' &&
    pendingRequest(object) === undefined
  );
}

/** `spec.suspend`. */
export function isSuspended(object: KubeObject): boolean {
  const { spec } = object as { readonly spec?: unknown };
  return isRecord(spec) && spec.suspend === true;
}

/** What a change of an object asks for: nothing (a status was written), another run, or a run that overtakes the one under way. */
export type Intent = 'none' | 'run' | 'overtake';

/** Upstream's predicates: generation (suspension is part of the spec), deletion, and a new reconcile request. */
export function intentOf(old: KubeObject, now: KubeObject): Intent {
  if (old.metadata.generation !== now.metadata.generation || old.metadata.deletionTimestamp !== now.metadata.deletionTimestamp)
    return 'overtake';
  return requestOf(old) !== requestOf(now) && pendingRequest(now) !== undefined ? 'run' : 'none';
}
