import type { OwnerPolicy, Takeover } from '@gotk/ssa';

/** Whose name objects are applied under; `flux diff` and every object applied by Flux rely on both. */
export const POLICY: OwnerPolicy = { group: 'kustomize.toolkit.fluxcd.io', fieldManager: 'kustomize-controller' };

/** Managers of what kubectl and the controllers of before server-side apply have written. */
const FORMER_MANAGERS: Takeover['managers'] = [
  { prefix: 'kubectl', operation: 'Apply' },
  { prefix: 'kubectl', operation: 'Update' },
  { prefix: 'before-first-apply', operation: 'Update' },
  { prefix: POLICY.fieldManager, operation: 'Update' },
];

/** What is taken from others; `--override-manager` names more of them. */
export const takeoverFrom = (overridden: readonly string[], migrateApiVersion: boolean): Takeover => ({
  managers: [
    ...FORMER_MANAGERS,
    ...overridden.flatMap((prefix) => (['Apply', 'Update'] as const).map((operation) => ({ prefix, operation }))),
  ],
  migrateApiVersion,
});
