import type { Kustomization } from '@gotk/api';
import { keyOf, type Resource, renderKey } from '@gotk/apimachinery';
import { type BorrowedClient, isNotFound, type KubeClient, type RemoteClients, serviceAccountIdentity } from '@gotk/kube';
import { createWatchBudget, type DriftNotice } from '@gotk/ssa';
import { type Account, type AccountSettings, type OpenAccount, openAccount } from './account.ts';

export interface AccountsOptions {
  /** The controller's own. */
  readonly client: KubeClient;
  readonly remotes: RemoteClients;
  /** `--default-service-account`: who acts for Kustomizations that name nobody; '' for the controller itself. */
  readonly defaultServiceAccount: string;
  /** The controller itself looks at single namespaces as well: it has no business elsewhere, and maybe no right to look. */
  readonly byNamespace: boolean;
  readonly settings: AccountSettings;
}

/** The accounts of all Kustomizations: one for each identity and cluster, for as long as a Kustomization uses it. */
export interface Accounts extends AsyncDisposable {
  /**
   * The account that the spec asks for: the ServiceAccount that it names, or the default one, of its own namespace; in the cluster that `kubeConfig` leads to. What was
   * known under another account is forgotten. Throws what `RemoteClients.borrow` throws, and for what cannot be the name of a ServiceAccount.
   */
  of(kustomization: Kustomization, options: { readonly signal: AbortSignal }): Promise<Account>;
  /**
   * Whether there is somebody to act as, as far as our own cluster says: the ServiceAccount, or what leads to the other cluster. That may be put back, unless its namespace
   * is about to go.
   */
  exists(kustomization: Kustomization, options: { readonly signal: AbortSignal }): Promise<boolean>;
  /** Whether whoever acts is about to go with its namespace, or what leads to the cluster is. False where that is not to be known. */
  isLeaving(kustomization: Kustomization, options: { readonly signal: AbortSignal }): Promise<boolean>;
  /** Forgets what was applied for an owner, `namespace/name`. */
  release(owner: string): void;
  /** Told of what moves, under whatever account it was applied. */
  subscribe(listener: (notice: DriftNotice) => void): Disposable;
}

interface Entry {
  readonly id: string;
  readonly account: OpenAccount;
  readonly owners: Set<string>;
  readonly close: () => Promise<void>;
}

const core = (kind: string, plural: string): Resource => ({ group: '', version: 'v1', kind, plural, namespaced: true });
const serviceAccounts = core('ServiceAccount', 'serviceaccounts');
const secrets = core('Secret', 'secrets');
const configMaps = core('ConfigMap', 'configmaps');
const namespaces: Resource = { ...core('Namespace', 'namespaces'), namespaced: false };

/** A watch takes a connection of some 50 KiB. Tenants whose watches find no place are looked after at their intervals. */
const TENANT_WATCHES = 512;

export function createAccounts({ client, remotes, defaultServiceAccount, byNamespace, settings }: AccountsOptions): Accounts {
  const entries = new Map<string, Entry>();
  const byOwner = new Map<string, Entry>();
  const listeners = new Set<(notice: DriftNotice) => void>();
  const budget = createWatchBudget(TENANT_WATCHES);

  const keep = (id: string, open: () => OpenAccount, borrowed?: BorrowedClient): Entry => {
    const known = entries.get(id);
    if (known !== undefined) {
      borrowed?.[Symbol.dispose]();
      return known;
    }
    const account = open();
    account.driftWatch.subscribe((notice) => {
      for (const listener of listeners) listener(notice);
    });
    const close = async () => {
      await account[Symbol.asyncDispose]();
      borrowed?.[Symbol.dispose]();
    };
    const entry: Entry = { id, account, owners: new Set(), close };
    entries.set(id, entry);
    return entry;
  };
  const own = keep('', () => openAccount({ client, byNamespace }, settings));

  const nameFor = ({ spec }: Kustomization): string => spec.serviceAccountName || defaultServiceAccount;

  /** How to come to the account, once that is known. Whoever does has to say at once that it is used: one that nobody uses is closed. */
  const find = async (kustomization: Kustomization, signal: AbortSignal): Promise<() => Entry> => {
    const { namespace } = keyOf(kustomization);
    const name = nameFor(kustomization);
    const { kubeConfig } = kustomization.spec;
    if (kubeConfig !== undefined) {
      const borrowed = await remotes.borrow({ namespace, kubeConfig, serviceAccountName: name }, { signal });
      const id = `${borrowed.madeFrom} as ${name === '' ? '' : `${namespace}/${name}`}`;
      return () => keep(id, () => openAccount({ client: borrowed.client, byNamespace: name !== '', budget }, settings), borrowed);
    }
    if (name === '') return () => own;
    const identity = serviceAccountIdentity({ namespace, name });
    return () => keep(identity.userName, () => openAccount({ client: client.impersonate(identity), byNamespace: true, budget }, settings));
  };

  const release = (owner: string): void => {
    const entry = byOwner.get(owner);
    if (entry === undefined) return;
    byOwner.delete(owner);
    entry.owners.delete(owner);
    entry.account.ledger.forget(owner);
    entry.account.driftWatch.unfollow(owner);
    closeUnused(entry);
  };
  const closeUnused = (entry: Entry): void => {
    if (entry === own || entry.owners.size > 0) return;
    entries.delete(entry.id);
    entry.close().catch(settings.onError);
  };

  const isLeaving = async (kustomization: Kustomization, signal: AbortSignal): Promise<boolean> => {
    if (nameFor(kustomization) === '' && kustomization.spec.kubeConfig === undefined) return false;
    try {
      const key = { namespace: '', name: keyOf(kustomization).namespace };
      const { metadata } = await client.get(namespaces, key, { signal, metadataOnly: true });
      return metadata.deletionTimestamp !== undefined;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  };

  return {
    async of(kustomization, { signal }) {
      const owner = renderKey(keyOf(kustomization));
      const entry = (await find(kustomization, signal))();
      // Of one that was deleted meanwhile, everything has been forgotten, and nobody would forget it again.
      if (signal.aborted) closeUnused(entry);
      signal.throwIfAborted();
      if (byOwner.get(owner) !== entry) {
        release(owner);
        byOwner.set(owner, entry);
        entry.owners.add(owner);
      }
      return entry.account;
    },
    async exists(kustomization, { signal }) {
      const { namespace } = keyOf(kustomization);
      const { secretRef, configMapRef } = kustomization.spec.kubeConfig ?? {};
      const isThere = (resource: Resource, name: string) =>
        client.get(resource, { namespace, name }, { signal, metadataOnly: true }).then(
          () => true,
          (error: unknown) => {
            if (isNotFound(error)) return false;
            throw error;
          },
        );
      const [place, reference] = secretRef === undefined ? [configMaps, configMapRef] : [secrets, secretRef];
      if (reference !== undefined) return (await isThere(place, reference.name)) || !(await isLeaving(kustomization, signal));
      const name = nameFor(kustomization);
      return name === '' || (await isThere(serviceAccounts, name));
    },
    isLeaving: (kustomization, { signal }) => isLeaving(kustomization, signal),
    release,
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    async [Symbol.asyncDispose]() {
      const open = [...entries.values()];
      entries.clear();
      byOwner.clear();
      await Promise.all(open.map(({ close }) => close()));
    },
  };
}
