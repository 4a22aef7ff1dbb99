import type { Clock, KubeObject, ObjectKey, Resource } from '@gotk/apimachinery';
import type { Indexes, Informer, KubeClient, RemoteClients, RemoteClientsOptions, Selectors } from '@gotk/kube';
import type { Registry } from 'prom-client';
import type { Controller } from '../controller/controller.ts';
import type { Logger } from '../log/log.ts';

/** A long-running part of a process beside its controllers, such as the artifact server. */
export interface Service {
  readonly name: string;
  /** Only while this process holds the lease; a service that serves reads runs on every replica. */
  readonly leaderOnly: boolean;
  /** Runs until the signal aborts. Rejecting ends the process with exit code 1. */
  run(signal: AbortSignal): Promise<void>;
  /** Reported by /readyz, on replicas that do not lead as well: one that cannot serve must get no traffic. Absent means always ready. */
  ready?(): boolean;
}

/** A core/v1 Secret, its values in base64. */
export interface Secret extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** What controllers of one process share. Built by `main.ts` from flags, or by a test. */
export interface Manager {
  /** Refuses to write (`LeaseLost`) once another process may have become the leader. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  /** False once another process may have become the leader: for clients that a controller makes itself. Always true without an election. */
  mayWrite(): boolean;
  /**
   * The process's informer for a kind, restricted to the manager's namespace if it has one. Shared: equal arguments give the same informer.
   * Objects come without `managedFields`.
   */
  informer<T extends KubeObject>(resource: Resource<T>, options?: Selectors & { readonly indexes?: Indexes<T> }): Informer<T>;
  /**
   * Reads a Secret from the server; none is kept. From then on its values are masked in whatever the process says of objects of its namespace: conditions, events,
   * log lines, traces. Throws as `client.get` does.
   */
  readSecret(key: ObjectKey, options: { readonly signal: AbortSignal }): Promise<Secret>;
  /**
   * Masks a text like the values of `readSecret`, in whatever the process says of objects of the namespace: for what was made of a Secret, or is secret without being
   * in one.
   */
  conceal(namespace: string, text: string): void;
  /**
   * Clients of the clusters that objects refer to by `spec.kubeConfig`, under the rules for what tenants write: no programs, no files, no other trust than the
   * policy allows. They write only while this process may, their Secrets are masked like those of `readSecret`, and they close with the manager.
   */
  remoteClients(options: Pick<RemoteClientsOptions, 'policy' | 'defaultServiceAccount' | 'clouds'>): RemoteClients;
  add<T extends KubeObject>(controller: Controller<T>): void;
  addService(service: Service): void;
  /** Runs until the signal aborts, then drains. Rejects if the lease is lost or a service fails. */
  run(signal: AbortSignal): Promise<void>;
}
