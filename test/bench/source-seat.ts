import type { Artifact } from '@gotk/api';
import { type Condition, type KubeObject, type Resource, systemClock } from '@gotk/apimachinery';
import { createInformer, type KubeClient } from '@gotk/kube';
import type { GitServer } from '@gotk/testkit';
import type { Meter } from './measure.ts';

/** What the scenarios need from whoever set the table. */
export interface SourceSeat {
  readonly client: KubeClient;
  readonly git: GitServer;
  readonly meter: Meter;
  readonly signal: AbortSignal;
  apply(resource: Resource, name: string, spec: Readonly<Record<string, unknown>>): Promise<void>;
  /** Asks for a look now; resolves with the token. */
  request(resource: Resource<KubeObject>, name: string): Promise<string>;
}

export const NAMESPACE = 'bench';
const MANAGER = 'bench';

export function sourceSeat(parts: Omit<SourceSeat, 'apply' | 'request'>): SourceSeat {
  const { client, signal } = parts;
  return {
    ...parts,
    async apply(resource, name, spec) {
      const { group, version, kind } = resource;
      const object = { apiVersion: `${group}/${version}`, kind, metadata: { namespace: NAMESPACE, name }, spec };
      await client.apply(resource, object, { fieldManager: MANAGER, force: true, signal });
    },
    async request(resource, name) {
      const token = `${name}-${systemClock.now()}`;
      const patch = { type: 'merge', body: { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': token } } } } as const;
      await client.patch(resource as Resource, { key: { namespace: NAMESPACE, name }, patch }, { fieldManager: MANAGER, signal });
      return token;
    },
  };
}

interface Source extends KubeObject {
  readonly status?: {
    readonly artifact?: Artifact;
    readonly conditions?: readonly Condition[];
    readonly lastHandledReconcileAt?: string;
  };
}

export const isReady = ({ status }: Source): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;

export interface SourceWatch extends AsyncDisposable {
  until(name: string, predicate: (object: Source) => boolean): Promise<void>;
}

/** One watch for all: the measuring must not be what is measured. */
export async function watchSources<T extends KubeObject>({ client, signal }: SourceSeat, resource: Resource<T>): Promise<SourceWatch> {
  const stop = new AbortController();
  const informer = createInformer({ client, resource, clock: systemClock });
  const running = informer.run(AbortSignal.any([signal, stop.signal]));
  await informer.whenSynced(signal);
  return {
    async until(name, predicate) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => {
        const object = informer.get({ namespace: NAMESPACE, name });
        if (object !== undefined && predicate(object)) resolve();
      };
      using _subscription = informer.subscribe(look);
      look();
      await promise;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
