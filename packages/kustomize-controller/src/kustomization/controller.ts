import { type Kustomization, kustomizationDefinition, kustomizations } from '@gotk/api';
import { artifactWatch, type CelEvaluator, type Controller, checkSpec, type Manager, type Trigger, watches } from '@gotk/runtime';
import type { DriftWatch } from '@gotk/ssa';
import { dependenciesOf } from './dependencies.ts';
import { finalize } from './finalize.ts';
import { ownerName, type ReconcileDeps } from './progress.ts';
import { reconcile } from './reconcile.ts';
import { createSettledSet } from './settled.ts';
import { sourceIdOf } from './source.ts';
import { sourceInformers } from './sources.ts';
import { unsupported } from './unsupported.ts';

export interface KustomizationDeps extends Omit<ReconcileDeps, 'client' | 'kustomizations' | 'sources' | 'settled' | 'dependencies'> {
  readonly manager: Manager;
  readonly cel: CelEvaluator;
  /** A dependency with a `readyExpr` has to be Ready as well. */
  readonly additiveDependencyCheck: boolean;
  /** ExternalArtifacts may be referred to. */
  readonly externalArtifacts: boolean;
  /** Kustomizations reconciled at once. */
  readonly concurrency: number;
}

/** Keeps the objects of each Kustomization equal to what its source says, and as they were applied. */
export function kustomizationController({
  manager,
  concurrency,
  cel,
  additiveDependencyCheck: additive,
  externalArtifacts,
  ...rest
}: KustomizationDeps): Controller<Kustomization> {
  const sources = sourceInformers(manager, { externalArtifacts });
  const all = manager.informer(kustomizations);
  const dependencies = dependenciesOf({ kustomizations: all, cel, additive });
  const deps: ReconcileDeps = {
    ...rest,
    client: manager.client,
    sources,
    kustomizations: all,
    dependencies,
    settled: createSettledSet(),
  };
  return {
    name: 'kustomization',
    resource: kustomizations,
    indexes: { ...dependencies.indexes, source: (it) => [sourceIdOf(it)] },
    conditions: { Healthy: 'positive' },
    concurrency,
    triggers: [
      ...Object.values(sources).map((informer) => artifactWatch(informer, { index: 'source' })),
      dependencies.trigger,
      watches(all, (delta) => {
        if (delta.kind === 'deleted') forget(delta.object, deps);
        return [];
      }),
      drift(deps.driftWatch, (owner) => deps.settled.forget(owner)),
    ],
    validate: (kustomization) => checkSpec(kustomization, { definition: kustomizationDefinition, unsupported }),
    reconcile: (kustomization, ctx) => reconcile(kustomization, ctx, deps),
    finalize: (kustomization, ctx) => finalize(kustomization, ctx, deps),
  };
}

/** Somebody has changed what we applied: whoever did so is about to look at the result. */
function drift(driftWatch: DriftWatch, forget: (owner: string) => void): Trigger {
  return {
    name: 'drift',
    subscribe: (wake) =>
      driftWatch.subscribe(({ owner }) => {
        forget(owner);
        const [namespace = '', name = ''] = owner.split('/');
        wake({ key: { namespace, name }, priority: 'urgent' });
      }),
  };
}

function forget(kustomization: Kustomization, { settled, ledger, driftWatch }: ReconcileDeps): void {
  const owner = ownerName(kustomization);
  settled.forget(owner);
  ledger.forget(owner);
  driftWatch.unfollow(owner);
}
