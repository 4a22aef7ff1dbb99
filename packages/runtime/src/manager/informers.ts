import type { Clock, KubeObject, Resource } from '@gotk/apimachinery';
import { createInformerSet, type Indexes, type Informer, type KubeClient, NoMatch, type Selectors } from '@gotk/kube';
import type { Logger } from '../log/log.ts';
import type { RuntimeMetrics } from '../metrics/metrics.ts';

export interface ProcessInformersOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: RuntimeMetrics;
  /** Only this namespace, of kinds that have one; absent: all. */
  readonly namespace?: string | undefined;
  readonly stalledAfterMs?: number | undefined;
}

/** The informers of one process, each for as long as the process. */
export interface ProcessInformers extends AsyncDisposable {
  get<T extends KubeObject>(resource: Resource<T>, selectors?: Selectors & { readonly indexes?: Indexes<T> }): Informer<T>;
  /** Where objects of a kind are looked for. */
  scopeOf(resource: Resource<KubeObject>): Pick<Selectors, 'namespace'>;
  /** The kinds whose caches are not complete yet. */
  unsynced(): readonly string[];
  /** Resolves when every cache is complete, or the signal aborts. */
  whenSynced(signal: AbortSignal): Promise<void>;
}

export function createProcessInformers(options: ProcessInformersOptions): ProcessInformers {
  const { client, clock, log, metrics, namespace } = options;
  const stalledAfterMs = options.stalledAfterMs === undefined ? {} : { stalledAfterMs: options.stalledAfterMs };
  const onError = (error: unknown) =>
    error instanceof NoMatch
      ? log.info('a kind is not served, it is waited for', { kind: error.gvk.kind, group: error.gvk.group })
      : log.debug('watch interrupted', { error: String(error) });
  const set = createInformerSet({ client, clock, onError });
  const kinds = new Map<Informer<KubeObject>, string>();
  const scopeOf = ({ namespaced }: Resource<KubeObject>) => (namespace !== undefined && namespaced ? { namespace } : {});

  return {
    scopeOf,
    get(resource, selectors = {}) {
      const { informer } = set.hold(resource, { ...scopeOf(resource), ...selectors, ...stalledAfterMs });
      const known = informer as unknown as Informer<KubeObject>;
      if (!kinds.has(known)) metrics.informer(resource.kind, known);
      kinds.set(known, resource.kind);
      return informer;
    },
    unsynced: () => [...kinds].filter(([{ synced }]) => !synced).map(([, kind]) => kind),
    async whenSynced(signal) {
      await Promise.all([...kinds.keys()].map((informer) => informer.whenSynced(signal))).catch(() => undefined);
    },
    [Symbol.asyncDispose]: () => set[Symbol.asyncDispose](),
  };
}
