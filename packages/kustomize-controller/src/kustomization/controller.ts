import { type Kustomization, kustomizationDefinition, kustomizations } from '@gotk/api';
import { type Clock, isRecord, parseKey } from '@gotk/apimachinery';
import { artifactWatch, type Controller, checkSpec, configWatch, deletionOrder, type Manager, type Trigger, watches } from '@gotk/runtime';
import type { Accounts } from '../accounts/accounts.ts';
import { objectionToIdentity } from '../decryption/identity.ts';
import { configReferences } from './config-references.ts';
import { type Contests, createContests } from './contests.ts';
import { dependenciesOf } from './dependencies.ts';
import { DRIFTED, driftModeWatch } from './drift-mode.ts';
import { finalize } from './finalize.ts';
import { checkHealthExpressions } from './health-expressions.ts';
import { POLICY } from './policy.ts';
import { type ControllerDeps, ownerName } from './progress.ts';
import { reconcile } from './reconcile.ts';
import { createSettledSet, type SettledSet } from './settled.ts';
import { sourceIdOf } from './source.ts';
import { askedSources, sourceInformers } from './sources.ts';
import { createVariableSources } from './substitute/variable-sources.ts';

export interface KustomizationDeps
  extends Omit<
    ControllerDeps,
    | 'ownClient'
    | 'kustomizations'
    | 'sources'
    | 'sourcesFor'
    | 'settled'
    | 'contests'
    | 'applied'
    | 'dependencies'
    | 'deletionOrder'
    | 'variableSources'
    | 'conceal'
  > {
  readonly manager: Manager;
  /** A dependency with a `readyExpr` has to be Ready as well. */
  readonly additiveDependencyCheck: boolean;
  /** ExternalArtifacts may be referred to. */
  readonly externalArtifacts: boolean;
  /** Gate `ObjectLevelWorkloadIdentity`: Kustomizations may name a ServiceAccount to decrypt as. */
  readonly objectLevel: boolean;
  /** Sources are read from the API server at each run. */
  readonly directSourceFetch: boolean;
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
  objectLevel,
  directSourceFetch,
  watchConfigs: labelSelector,
  ...rest
}: KustomizationDeps): Controller<Kustomization> {
  const sources = sourceInformers(manager, { externalArtifacts });
  const all = manager.informer(kustomizations);
  const dependencies = dependenciesOf({ kustomizations: all, cel: rest.cel, additive, crossNamespaceAllowed: rest.crossNamespaceAllowed });
  manager.informer(kustomizations, { indexes: dependencies.indexes });
  const order = deletionOrder({ informer: all, dependencies, clock: manager.clock });
  const configs = configWatch<Kustomization>(manager, { labelSelector, kinds: ['Secret', 'ConfigMap'], refersTo: configReferences });
  const deps: ControllerDeps = {
    ...rest,
    ownClient: manager.client,
    sources,
    sourcesFor: async (kustomization, { signal }) =>
      directSourceFetch ? await askedSources(kustomization, { ...rest, client: manager.client, sources, signal }) : sources,
    kustomizations: all,
    dependencies,
    deletionOrder: order,
    settled: createSettledSet(),
    contests: createContests(manager.clock),
    applied: new Set(),
    variableSources: createVariableSources({ manager, labelSelector }),
    conceal: manager.conceal,
  };
  return {
    name: 'kustomization',
    // Under the name that objects are applied with it would be taken for what Flux wrote before server-side apply, and be undone.
    statusManager: `gotk-${POLICY.fieldManager}`,
    resource: kustomizations,
    indexes: { ...dependencies.indexes, ...configs.indexes, source: (it) => [sourceIdOf(it)] },
    conditions: { Healthy: 'positive', [DRIFTED]: 'negative' },
    remembers: ['inventory'],
    concurrency,
    // Clusters of tenants may never answer, nor may whoever serves artifacts in place of our own source-controller.
    waitsForStrangers: ({ spec }) => isRecord(spec) && (spec.kubeConfig !== undefined || spec.sourceRef?.kind === 'ExternalArtifact'),
    triggers: [
      ...Object.values(sources).map((informer) => artifactWatch(informer, { index: 'source' })),
      ...configs.triggers,
      dependencies.trigger,
      order.trigger,
      watches(all, (delta) => {
        if (delta.kind === 'deleted') forget(delta.object, deps);
        return [];
      }),
      driftModeWatch(all, (kustomization) => deps.settled.forget(ownerName(kustomization))),
      drift(deps, manager.clock),
    ],
    validate: (kustomization) =>
      checkSpec(kustomization, { definition: kustomizationDefinition }) ??
      checkHealthExpressions(kustomization) ??
      objectionToIdentity(kustomization, { objectLevel }),
    reconcile: (kustomization, ctx) => reconcile(kustomization, ctx, deps),
    finalize: (kustomization, ctx) => finalize(kustomization, ctx, deps),
  };
}

/** Somebody has changed what we applied: whoever did so is about to look at the result, unless it is a program that does it each time. */
function drift(
  { accounts, settled, contests }: { readonly accounts: Accounts; readonly settled: SettledSet; readonly contests: Contests },
  clock: Clock,
): Trigger {
  return {
    name: 'drift',
    subscribe(wake) {
      const timers = new Set<Disposable>();
      const subscription = accounts.subscribe((notice) => {
        settled.forget(notice.owner);
        if (notice.canWait === true) return;
        const key = parseKey(notice.owner);
        const delayMs = contests.moved(notice);
        if (delayMs === 0) return wake({ key, priority: 'urgent' });
        const timer = clock.after(delayMs, () => {
          timers.delete(timer);
          wake({ key, priority: 'normal' });
        });
        timers.add(timer);
      });
      return {
        [Symbol.dispose]() {
          subscription[Symbol.dispose]();
          for (const timer of timers) timer[Symbol.dispose]();
        },
      };
    },
  };
}

function forget(kustomization: Kustomization, { settled, accounts, applied }: ControllerDeps): void {
  const owner = ownerName(kustomization);
  applied.delete(owner);
  settled.forget(owner);
  accounts.release(owner);
}
