import type { KubeObject, ObjectKey, Resource } from '@gotk/apimachinery';
import type { Delta, Indexes, Informer } from '@gotk/kube';
import type { OwnedConditions } from '../status/conditions.ts';
import type { ExtraRequest } from '../status/requests.ts';
import type { Stalled } from './outcome.ts';
import type { Priority } from './priority.ts';
import type { Finalize, Reconcile } from './reconcile.ts';

/** Which objects to run: one by its key, or all that the controller's own index files under a value. */
export type Wake = (WokenByKey | WokenByIndex) & {
  readonly priority: Priority;
  /** Abort the run in progress and start over: a newer revision overtakes a stuck health check. */
  readonly supersedes?: boolean;
};

interface WokenByKey {
  readonly key: ObjectKey;
}

interface WokenByIndex {
  readonly index: string;
  readonly value: string;
}

/** Something that can wake objects of a controller: a watch on another kind, a drift detector. */
export interface Trigger {
  readonly name: string;
  /** `wake` may be called at any time until the returned disposable is disposed; `report` takes what went wrong meanwhile. */
  subscribe(wake: (wake: Wake) => void, report: (error: unknown) => void): Disposable;
}

/**
 * A trigger from another kind's informer and a pure mapping from its changes to the objects concerned.
 * An object that the mapping throws on is reported and wakes nobody: it must not end the watch for all the others.
 */
export function watches<S extends KubeObject>(informer: Informer<S>, map: (delta: Delta<S>) => readonly Wake[]): Trigger {
  return {
    name: 'watch',
    subscribe: (wake, report) =>
      informer.subscribe((delta) => {
        try {
          for (const each of map(delta)) wake(each);
        } catch (error) {
          report(error);
        }
      }),
  };
}

/** A controller, as data. The manager runs it. */
export interface Controller<T extends KubeObject> {
  /** Upstream's name, in logs, metrics and `reportingController`: the kind in lower case. */
  readonly name: string;
  readonly resource: Resource<T>;
  readonly indexes?: Indexes<T>;
  readonly triggers: readonly Trigger[];
  /** What the status says besides Ready, Reconciling and Stalled. */
  readonly conditions?: OwnedConditions;
  /**
   * Status fields that runs start from, such as an inventory. A run that finds there what it did not know, because its view of the object was from the past, writes
   * nothing over it: it is superseded by one that knows.
   */
  readonly remembers?: readonly string[];
  /** What a person may ask for beyond a run; the kind's status has a field for each. */
  readonly requests?: readonly ExtraRequest[];
  /** Why this object can never be reconciled as it is stored; undefined when it can. Asked before every run. */
  readonly validate?: (object: T) => Stalled | undefined;
  /**
   * An object that is data for others and nothing to reconcile: it gets neither status nor finalizer, and what it has of either from times when it was something else is
   * taken away, after `finalize`. Asked of every object before anything else.
   */
  readonly isStatic?: (object: T) => boolean;
  readonly reconcile: Reconcile<T>;
  /** Absent: nothing has to be undone, and objects get no finalizer. */
  readonly finalize?: Finalize<T>;
  /** How many objects run at once. */
  readonly concurrency: number;
  /**
   * Whether a run of this object waits, all along, for what tenants choose, such as a server that may never answer; others do when they say so
   * (`ReconcileContext.waitForStrangers`). One that waits for longer than usual while others want its place goes on beside those, eight times as many at most.
   * Absent: `concurrency` is all that there is.
   */
  readonly waitsForStrangers?: (object: T) => boolean;
  /** Who the API server shall say wrote status and finalizer; default: the manager's name. */
  readonly statusManager?: string;
}
