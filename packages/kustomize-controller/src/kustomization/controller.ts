import { type Kustomization, kustomizationDefinition, kustomizations } from '@gotk/api';
import { artifactWatch, type Controller, checkSpec, configWatch, type Manager, type Trigger, watches } from '@gotk/runtime';
import type { Accounts } from '../accounts/accounts.ts';
import { configReferences } from './config-references.ts';
import { dependenciesOf } from './dependencies.ts';
import { finalize } from './finalize.ts';
import { checkHealthExpressions } from './health-expressions.ts';
import { type ControllerDeps, ownerName } from './progress.ts';
import { reconcile } from './reconcile.ts';
import { createSettledSet } from './settled.ts';
import { sourceIdOf } from './source.ts';
import { sourceInformers } from './sources.ts';
import { createVariableSources } from './substitute/variable-sources.ts';
import { unsupported } from './unsupported.ts';

export interface KustomizationDeps
  extends Omit<ControllerDeps, 'kustomizations' | 'sources' | 'settled' | 'dependencies' | 'variableSources' | 'conceal'> {
  readonly manager: Manager;
  /** A dependency with a `readyExpr` has to be Ready as well. */
  readonly additiveDependencyCheck: boolean;
  /** ExternalArtifacts may be referred to. */
  readonly externalArtifacts: boolean;
  /** Labels of the Secrets and ConfigMaps that wake their users; undefined: none do. */
  readonly watchConfigs: string | undefined;
  /** Kustomizations reconciled at once. */
  readonly concurrency: number;
}

/** Keeps the objects of each Kustomization equal to what its source says, and as they were applied. */
export function kustomizationController({
  manager,
  concurrency,
  additiveDependencyCheck: additive,
  externalArtifacts,
  watchConfigs: labelSelector,
  ...rest
}: KustomizationDeps): Controller<Kustomization> {
  const sources = sourceInformers(manager, { externalArtifacts });
  const all = manager.informer(kustomizations);
  const dependencies = dependenciesOf({ kustomizations: all, cel: rest.cel, additive });
  const configs = configWatch<Kustomization>(manager, { labelSelector, kinds: ['Secret', 'ConfigMap'], refersTo: configReferences });
  const deps: ControllerDeps = {
    ...rest,
    sources,
    kustomizations: all,
    dependencies,
    settled: createSettledSet(),
    variableSources: createVariableSources({ manager, labelSelector }),
    conceal: manager.conceal,
  };
  return {
    name: 'kustomization',
    resource: kustomizations,
    indexes: { ...dependencies.indexes, ...configs.indexes, source: (it) => [sourceIdOf(it)] },
    conditions: { Healthy: 'positive' },
    concurrency,
    // Clusters of tenants may never answer, and what they apply may never become healthy.
    waitsForStrangers: true,
    triggers: [
      ...Object.values(sources).map((informer) => artifactWatch(informer, { index: 'source' })),
      ...configs.triggers,
      dependencies.trigger,
      watches(all, (delta) => {
        if (delta.kind === 'deleted') forget(delta.object, deps);
        return [];
      }),
      drift(deps.accounts, (owner) => deps.settled.forget(owner)),
    ],
    validate: (kustomization) =>
      checkSpec(kustomization, { definition: kustomizationDefinition, unsupported }) ?? checkHealthExpressions(kustomization),
    reconcile: (kustomization, ctx) => reconcile(kustomization, ctx, deps),
    finalize: (kustomization, ctx) => finalize(kustomization, ctx, deps),
  };
}

/** Somebody has changed what we applied: whoever did so is about to look at the result. */
function drift(accounts: Accounts, forget: (owner: string) => void): Trigger {
  return {
    name: 'drift',
    subscribe: (wake) =>
      accounts.subscribe(({ owner }) => {
        forget(owner);
        const [namespace = '', name = ''] = owner.split('/');
        wake({ key: { namespace, name }, priority: 'urgent' });
      }),
  };
}

function forget(kustomization: Kustomization, { settled, accounts }: ControllerDeps): void {
  const owner = ownerName(kustomization);
  settled.forget(owner);
  accounts.release(owner);
}
