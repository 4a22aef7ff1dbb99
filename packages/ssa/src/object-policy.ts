import type { KubeObject, ObjectMeta } from '@gotk/apimachinery';
import type { OwnerPolicy } from './owner.ts';

type Metadata = Pick<ObjectMeta, 'labels' | 'annotations'>;

/**
 * What an object asks for by labels or annotations of its owner's group, whose values' case does not matter (contract 1.2, per-object policy).
 *
 * Neither applied nor deleted, as long as the desired or the live object says so: `reconcile: disabled`, `ssa: Ignore`.
 */
export const isLeftAlone = (metadata: Metadata, policy: OwnerPolicy): boolean =>
  says(metadata, `${policy.group}/reconcile`, 'disabled') || says(metadata, `${policy.group}/ssa`, 'ignore');

/** Not deleted: `prune: disabled`. */
export const isKept = (metadata: Metadata, policy: OwnerPolicy): boolean =>
  says(metadata, `${policy.group}/prune`, 'disabled') || isLeftAlone(metadata, policy);

/** Created when it is not there, and left to others from then on: `ssa: IfNotPresent`. */
export const isOnlyCreated = (metadata: Metadata, policy: OwnerPolicy): boolean => says(metadata, `${policy.group}/ssa`, 'ifnotpresent');

/** Others may add fields to it, whoever they are: `ssa: Merge`. */
export const isMerged = (metadata: Metadata, policy: OwnerPolicy): boolean => says(metadata, `${policy.group}/ssa`, 'merge');

/** Deleted and made anew when a field that must not change would have to: `force: Enabled`. */
export const isReplaceable = (metadata: Metadata, policy: OwnerPolicy): boolean => says(metadata, `${policy.group}/force`, 'enabled');

/** Left as it is when it has moved, and told of: `driftDetection: warn`. On a Kustomization that says how it deals with its own objects. */
export const isReported = ({ kind, metadata }: KubeObject, policy: OwnerPolicy): boolean =>
  kind !== 'Kustomization' && says(metadata, `${policy.group}/driftDetection`, 'warn');

const says = ({ labels, annotations }: Metadata, key: string, value: string): boolean =>
  [labels, annotations].some((map) => map?.[key]?.toLowerCase() === value);
