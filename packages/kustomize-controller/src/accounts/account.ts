import type { Clock } from '@gotk/apimachinery';
import { createInformerSet, type InformerSet, type KubeClient } from '@gotk/kube';
import {
  type Applier,
  createApplier,
  createDriftWatch,
  createLedger,
  type DriftWatch,
  type Ledger,
  type OwnerPolicy,
  type StageKinds,
  type Takeover,
  type WatchBudget,
} from '@gotk/ssa';

/** Who applies to which cluster, and all that is known of what was applied there. Each request about an object of a Kustomization is made through one of these. */
export interface Account {
  readonly client: KubeClient;
  readonly informers: InformerSet;
  readonly ledger: Ledger;
  readonly driftWatch: DriftWatch;
  readonly applier: Applier;
  /** It is somebody who may be allowed to look at single namespaces alone: so that is how it looks. */
  readonly byNamespace: boolean;
}

/** What all accounts have in common. */
export interface AccountSettings {
  readonly clock: Clock;
  readonly policy: OwnerPolicy;
  /** What is taken from other field managers. */
  readonly takeover: Takeover;
  /** Kinds with a stage of their own. */
  readonly stageKinds: StageKinds;
  /** Requests at once for the objects of one Kustomization. */
  readonly concurrency: number;
  readonly verifyAfterMs: number;
  /** Told of what a watch survives. */
  readonly onError: (error: unknown) => void;
}

export interface AccountOptions {
  readonly client: KubeClient;
  readonly byNamespace: boolean;
  readonly budget?: WatchBudget;
}

/** Disposing ends its watches; the client is its owner's to close. */
export type OpenAccount = Account & AsyncDisposable;

export function openAccount({ client, byNamespace, budget }: AccountOptions, settings: AccountSettings): OpenAccount {
  const { clock, policy, takeover, stageKinds, concurrency, verifyAfterMs, onError } = settings;
  const informers = createInformerSet({ client, clock, onError });
  const ledger = createLedger();
  const driftWatch = createDriftWatch({
    informers,
    clock,
    ledger,
    policy,
    takeover,
    byNamespace,
    ...(budget === undefined ? {} : { budget }),
  });
  return {
    client,
    informers,
    ledger,
    driftWatch,
    byNamespace,
    applier: createApplier({ client, clock, ledger, driftWatch, policy, takeover, stageKinds, concurrency, verifyAfterMs }),
    async [Symbol.asyncDispose]() {
      driftWatch[Symbol.dispose]();
      await informers[Symbol.asyncDispose]();
    },
  };
}
