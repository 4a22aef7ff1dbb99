import type { Kustomization } from '@gotk/api';
import { Reason } from '@gotk/api';
import { keyOf } from '@gotk/apimachinery';
import type { Informer } from '@gotk/kube';
import { type ConditionUpdate, type Trigger, watches } from '@gotk/runtime';
import type { DriftedObject } from '@gotk/ssa';
import { describeDrift } from './describe-drift.ts';
import { POLICY } from './policy.ts';

const ANNOTATION = `${POLICY.group}/driftDetection`;
/** The condition of one whose objects have moved and were left so. */
export const DRIFTED = 'Drifted';

/** Whether a Kustomization asks that drift be told of and left: by the word that a HelmRelease has for it. */
export const onlyReportsDrift = ({ metadata: { annotations = {} } }: Kustomization): boolean =>
  Object.hasOwn(annotations, ANNOTATION) && annotations[ANNOTATION]?.toLowerCase() === 'warn';

/** Wakes a Kustomization that has come to want it otherwise: an annotation is no change of the spec. */
export const driftModeWatch = (kustomizations: Informer<Kustomization>, forget: (kustomization: Kustomization) => void): Trigger =>
  watches(kustomizations, (delta) => {
    if (delta.kind !== 'updated' || onlyReportsDrift(delta.old) === onlyReportsDrift(delta.object)) return [];
    forget(delta.object);
    return [{ key: keyOf(delta.object), priority: 'normal' }];
  });

/** What has moved and was left so, in the same words for as long as it is so. */
export const driftMessage = (objects: readonly DriftedObject[]): string => describeDrift(objects, { nowMs: Number.POSITIVE_INFINITY });

export const drifted = (objects: readonly DriftedObject[]): readonly ConditionUpdate[] =>
  objects.length === 0 ? [] : [{ type: DRIFTED, status: 'True', reason: Reason.DriftDetected, message: driftMessage(objects) }];
