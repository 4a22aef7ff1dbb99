import { FINALIZER } from '@gotk/api';
import { type KubeObject, keyOf, type Resource } from '@gotk/apimachinery';
import { isConflict, isNotFound, type KubeClient } from '@gotk/kube';
import { statusOf } from '../status/status.ts';
import { remembersTheSame } from '../status/status-writer.ts';
import { Superseded } from './outcome.ts';

export const hasFinalizer = (object: KubeObject): boolean => object.metadata.finalizers?.includes(FINALIZER) === true;

export interface FinalizerOptions<T extends KubeObject> {
  readonly client: KubeClient;
  readonly resource: Resource<T>;
  readonly fieldManager: string;
  readonly signal: AbortSignal;
  /** See `Controller.remembers`. */
  readonly remembers?: readonly string[] | undefined;
}

const ATTEMPTS = 5;

/**
 * Puts our finalizer on the object: nothing may be created on its behalf before it is there, or a deletion could leave it behind.
 * Throws `Superseded` when the object was deleted, or replaced, before it got there.
 */
export async function addFinalizer<T extends KubeObject>(object: T, options: FinalizerOptions<T>): Promise<T> {
  let current = object;
  for (let attempt = 1; !hasFinalizer(current); attempt++) {
    if (current.metadata.deletionTimestamp !== undefined) throw new Superseded('the object is being deleted');
    try {
      return await replaceFinalizers(current, [...(current.metadata.finalizers ?? []), FINALIZER], options);
    } catch (error) {
      if (isNotFound(error)) throw gone();
      if (!isConflict(error) || attempt === ATTEMPTS) throw error;
      current = await readAgain(object, options);
    }
  }
  return current;
}

/**
 * Takes our finalizer away and nobody else's; the object being gone already, or another one having its name, is fine. Throws `Superseded` when the status remembers
 * what whoever finalized the object did not know.
 */
export async function removeFinalizer<T extends KubeObject>(object: T, options: FinalizerOptions<T>): Promise<void> {
  let current = object;
  for (let attempt = 1; hasFinalizer(current); attempt++) {
    try {
      const others = (current.metadata.finalizers ?? []).filter((name) => name !== FINALIZER);
      current = await replaceFinalizers(current, others, options);
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isConflict(error) || attempt === ATTEMPTS) throw error;
      const fresh = await readAgain(object, options).catch(unlessGone);
      if (fresh === undefined) return;
      if (!remembersTheSame(statusOf(object), statusOf(fresh), options.remembers ?? []))
        throw new Superseded('the status remembers what was not undone');
      current = fresh;
    }
  }
}

function replaceFinalizers<T extends KubeObject>(
  object: T,
  finalizers: readonly string[],
  { client, resource, fieldManager, signal }: FinalizerOptions<T>,
): Promise<T> {
  // A merge patch replaces the whole list: the resourceVersion keeps it from replacing one that we have not seen.
  const body = { metadata: { resourceVersion: object.metadata.resourceVersion, finalizers } };
  return client.patch(resource, { key: keyOf(object), patch: { type: 'merge', body } }, { signal, fieldManager });
}

async function readAgain<T extends KubeObject>(object: T, { client, resource, signal }: FinalizerOptions<T>): Promise<T> {
  let fresh: T;
  try {
    fresh = await client.get(resource, keyOf(object), { signal });
  } catch (error) {
    throw isNotFound(error) ? gone() : error;
  }
  if (fresh.metadata.uid !== object.metadata.uid) throw gone();
  return fresh;
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof Superseded)) throw error;
}

const gone = () => new Superseded('the object is gone');
