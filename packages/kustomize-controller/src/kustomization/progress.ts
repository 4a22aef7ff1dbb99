import type { Kustomization } from '@gotk/api';
import { keyOf, renderKey } from '@gotk/apimachinery';
import type { TreeCache } from '@gotk/artifact';
import type { KubeClient, Reader } from '@gotk/kube';
import type { CelEvaluator, DeletionOrder, Dependencies, Manager, ReconcileContext, WorkerPool } from '@gotk/runtime';
import type { ApplyReport, InventoryEntry, Owner } from '@gotk/ssa';
import type { Account } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { DecryptionDeps } from '../decryption/decrypter.ts';
import type { Built } from './build-tree.ts';
import type { Contests } from './contests.ts';
import type { SettledSet } from './settled.ts';
import type { Source } from './source.ts';
import type { Sources } from './sources.ts';
import type { VariableSources } from './substitute/variable-sources.ts';

/** What every run begins with. */
export interface ControllerDeps {
  /** The controller's own, whoever applies. */
  readonly ownClient: KubeClient;
  readonly kustomizations: Reader<Kustomization>;
  readonly sources: Sources;
  /** Where to look for the source of a Kustomization: the cache, or what the API server says now. */
  readonly sourcesFor: (kustomization: Kustomization, options: { readonly signal: AbortSignal }) => Promise<Sources>;
  /** Log lines of what was applied name the deeds, and the objects of each; else the objects, and what was done to each. */
  readonly groupChangeLog: boolean;
  readonly dependencies: Dependencies<Kustomization>;
  readonly deletionOrder: DeletionOrder<Kustomization>;
  readonly trees: TreeCache;
  readonly workers: WorkerPool;
  readonly keyWorkers: WorkerPool;
  readonly accounts: Accounts;
  readonly cel: CelEvaluator;
  readonly decryption: DecryptionDeps;
  readonly settled: SettledSet;
  readonly contests: Contests;
  /** Those that this process has applied, by `namespace/name`. */
  readonly applied: Set<string>;
  readonly variableSources: VariableSources;
  /** Whether a variable needs a value or a default. */
  readonly strictSubstitutions: boolean;
  readonly conceal: Manager['conceal'];
  readonly pruneConcurrency: number;
  readonly verifyAfterMs: number;
  readonly dependencyRetryMs: number;
  readonly crossNamespaceAllowed: boolean;
  /** The first object that has failed ends a health check. */
  readonly failFast: boolean;
}

/** What a run works with once it is known who acts. */
export type ReconcileDeps = ControllerDeps & Account;

/** One run, and how far it has come. */
export interface Progress {
  readonly kustomization: Kustomization;
  readonly source: Source;
  readonly ctx: ReconcileContext;
  readonly signal: AbortSignal;
  readonly startedMs: number;
  readonly built?: Pick<Built, 'digest'>;
  readonly applied?: ApplyReport;
  /** What is known to be in the cluster, once that is not what the status says. */
  readonly inventory?: readonly InventoryEntry[];
}

/** A run whose manifests are known. */
export type BuiltProgress = Progress & { readonly built: Built };

/** A run of which is known what the manifests are, be they built or not. */
export type KnownProgress = Progress & { readonly built: Pick<Built, 'digest'> };

/** On whose behalf objects are applied. */
export const ownerOf = ({ metadata }: Kustomization): Owner => ({ namespace: metadata.namespace ?? '', name: metadata.name });

/** The same as text, `namespace/name`: under which the ledger, the drift watch and the settled know it. */
export const ownerName = (kustomization: Kustomization): string => renderKey(keyOf(kustomization));

export const isReady = ({ status }: Kustomization): boolean =>
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

/** What every event of a run says besides its message. */
export const eventMetadata = ({ revision, originRevision }: Source): Readonly<Record<string, string>> => ({
  revision,
  ...(originRevision === undefined ? {} : { originRevision }),
});
