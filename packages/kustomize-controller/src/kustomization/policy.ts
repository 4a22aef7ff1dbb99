import type { OwnerPolicy } from '@gotk/ssa';

/** Whose name objects are applied under; `flux diff` and every object applied by Flux rely on both. */
export const POLICY: OwnerPolicy = { group: 'kustomize.toolkit.fluxcd.io', fieldManager: 'kustomize-controller' };
