import type { KubeObject } from '@gotk/apimachinery';
import type { Applier } from './owner.ts';

/**
 * How an object wants to be treated (contract 1.2, per-object policy):
 * `override` takes every field that we desire; `merge` as well, but leaves fields that kubectl added; `if-not-present` is applied only when there is no
 * such object; `skip` is never touched.
 */
export type ApplyMode = 'override' | 'merge' | 'if-not-present' | 'skip';

/** The mode that labels or annotations of a desired object ask for. Values are compared without regard to case. */
export function applyModeOf({ group }: Applier, object: KubeObject): ApplyMode {
  if (isSkipped({ group }, object)) return 'skip';
  if (says(object, `${group}/ssa`, 'IfNotPresent')) return 'if-not-present';
  return says(object, `${group}/ssa`, 'Merge') ? 'merge' : 'override';
}

/** Whether an object, desired or live, asks to be left alone altogether. */
export function isSkipped({ group }: Pick<Applier, 'group'>, object: KubeObject): boolean {
  return says(object, `${group}/reconcile`, 'disabled') || says(object, `${group}/ssa`, 'Ignore');
}

/** Whether a live object asks not to be deleted by us. */
export function isPruneDisabled(applier: Pick<Applier, 'group'>, object: KubeObject): boolean {
  return says(object, `${applier.group}/prune`, 'disabled') || isSkipped(applier, object);
}

/** Whether an object may be deleted and created anew when a change is refused because a field is immutable. */
export function isForced({ group }: Pick<Applier, 'group'>, object: KubeObject): boolean {
  return says(object, `${group}/force`, 'enabled');
}

function says({ metadata }: KubeObject, key: string, value: string): boolean {
  const wanted = value.toLowerCase();
  return metadata.labels?.[key]?.toLowerCase() === wanted || metadata.annotations?.[key]?.toLowerCase() === wanted;
}
