import { Reason } from '@gotk/api';
import { type Clock, type KubeObject, keyOf, renderKey } from '@gotk/apimachinery';
import type { Delta, Informer } from '@gotk/kube';
import { type Trigger, type Wake, watches } from '../controller/controller.ts';
import { hasFinalizer } from '../controller/finalizer.ts';
import { Waiting } from '../controller/outcome.ts';
import { cycleThrough } from './cycle.ts';
import type { Dependencies } from './dependencies.ts';

export interface DeletionOrderRules<T extends KubeObject> {
  /** Of every object that may depend on another, filed by the indexes of `dependencies`. */
  readonly informer: Informer<T>;
  readonly dependencies: Pick<Dependencies<T>, 'dependantsOf' | 'keysOf'>;
  readonly clock: Clock;
}

/** Objects that are deleted together go in the reverse order of their dependencies. */
export interface DeletionOrder<T extends KubeObject> {
  /** Wakes a dependency that waits, when a dependant of it has gone. */
  readonly trigger: Trigger;
  /**
   * Returns when nothing that depends on a deleted object is left that is being deleted too. Throws `Waiting` until then, for `patienceMs` in all: after that the
   * names of those that are still there are returned.
   *
   * What is not being deleted is waited for only for a moment, since those who delete several objects do so one by one; members of a cycle do not wait for each other.
   */
  check(object: T, options: { readonly patienceMs: number }): readonly string[];
}

/** Whoever deletes a directory, a namespace or what a parent has applied marks all of it within this time. */
const TOGETHER_MS = 2_000;
const LOOK_AGAIN_MS = 30_000;
const SHOWN = 5;

export function deletionOrder<T extends KubeObject>({ informer, dependencies, clock }: DeletionOrderRules<T>): DeletionOrder<T> {
  /** When each that waits was first asked about, by uid: the clocks of others do not count. */
  const since = new Map<string, number>();
  const nameOf = (object: KubeObject): string => renderKey(keyOf(object));
  const uidOf = ({ metadata }: KubeObject): string => metadata.uid ?? '';
  const isUnderway = (object: T): boolean => object.metadata.deletionTimestamp !== undefined && hasFinalizer(object);
  const others = (object: T): readonly T[] => dependencies.dependantsOf(object).filter((other) => uidOf(other) !== uidOf(object));

  /** Whether a dependant waits itself for the object to go. */
  const waitsFor = (dependant: T, object: T): boolean => {
    const byName = new Map<string, T>([[nameOf(object), object]]);
    const edges = (name: string): readonly string[] => {
      const found = byName.get(name);
      const next = found === undefined ? [] : found === object ? [dependant] : others(found).filter(isUnderway);
      for (const each of next) if (!byName.has(nameOf(each))) byName.set(nameOf(each), each);
      return next.map(nameOf);
    };
    return cycleThrough(nameOf(object), edges) !== undefined;
  };

  const wakes = (delta: Delta<T>): readonly Wake[] => {
    if (delta.kind === 'added') return [];
    if (delta.kind === 'deleted') since.delete(uidOf(delta.object));
    const before = delta.kind === 'updated' ? delta.old : delta.object;
    const isOver = hasFinalizer(before) && (delta.kind === 'deleted' || !hasFinalizer(delta.object));
    if (!isOver) return [];
    return dependencies
      .keysOf(before)
      .filter((key) => informer.get(key)?.metadata.deletionTimestamp !== undefined)
      .map((key) => ({ key, priority: 'normal' }));
  };

  return {
    trigger: watches(informer, wakes),
    check(object, { patienceMs }) {
      const uid = uidOf(object);
      const dependants = others(object);
      if (dependants.length === 0) return [];
      const startedMs = since.get(uid) ?? clock.monotonic();
      since.set(uid, startedMs);
      const waitedMs = clock.monotonic() - startedMs;
      const underway = dependants.filter((dependant) => isUnderway(dependant) && !waitsFor(dependant, object)).map(nameOf);
      if (underway.length > 0 && waitedMs < patienceMs) throw waiting(underway, patienceMs - waitedMs);
      const living = dependants.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(nameOf);
      if (living.length > 0 && waitedMs < Math.min(TOGETHER_MS, patienceMs)) throw waiting(living, TOGETHER_MS - waitedMs);
      return underway;
    },
  };
}

function waiting(names: readonly string[], leftMs: number): Waiting {
  const shown = [...names.slice(0, SHOWN), ...(names.length > SHOWN ? [`${names.length - SHOWN} more`] : [])].join(', ');
  const message = `waiting for the deletion of what depends on it: ${shown}`;
  return new Waiting({ reason: Reason.Progressing, message, againMs: Math.max(1, Math.min(leftMs, LOOK_AGAIN_MS)) });
}
