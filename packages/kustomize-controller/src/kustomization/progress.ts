import type { Kustomization } from '@gotk/api';
import { keyOf, renderKey } from '@gotk/apimachinery';
import type { TreeCache } from '@gotk/artifact';
import type { Reader } from '@gotk/kube';
import type { CelEvaluator, Dependencies, Manager, ReconcileContext, WorkerPool } from '@gotk/runtime';
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
  readonly kustomizations: Reader<Kustomization>;
  readonly sources: Sources;
  readonly dependencies: Dependencies<Kustomization>;
  readonly trees: TreeCache;
  readonly workers: WorkerPool;
  readonly accounts: Accounts;
  readonly cel: CelEvaluator;
  readonly decryption: DecryptionDeps;
  readonly settled: SettledSet;
  readonly contests: Contests;
  readonly variableSources: VariableSources;
  /** Whether a variable needs a value or a default. */
  readonly strictSubstitutions: boolean;
  readonly conceal: Manager['conceal'];
  readonly pruneConcurrency: number;
  readonly verifyAfterMs: number;
  readonly dependencyRetryMs: number;
  readonly crossNamespaceAllowed: boolean;
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
  readonly built?: Built;
  readonly applied?: ApplyReport;
  /** What is known to be in the cluster, once that is not what the status says. */
  readonly inventory?: readonly InventoryEntry[];
}

/** A run whose manifests are known. */
export type BuiltProgress = Progress & { readonly built: Built };

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
