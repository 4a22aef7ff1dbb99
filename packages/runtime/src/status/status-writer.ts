import { type Clock, createMergePatch, deepEqual, type KubeObject, keyOf, type Resource } from '@gotk/apimachinery';
import { ApiError, ConnectionError, isConflict, type KubeClient } from '@gotk/kube';
import { Superseded } from '../controller/outcome.ts';
import { type CommonStatus, statusOf } from './status.ts';

export interface StatusWriter<T extends KubeObject> {
  /** The object as last read or written. */
  readonly object: T;
  /**
   * Brings the status to what `next` makes of the object. No request when that is what it is already. Resolves when the server has it.
   *
   * Throws `Superseded` when another object has taken the name, or the status remembers what the run did not know; and what the server answered when it refused
   * for good.
   */
  write(next: (object: T) => CommonStatus): Promise<void>;
  /** A write has found the status to remember what the run did not know: nothing more is written, and `object` is what there is to start over from. */
  readonly isOutdated: boolean;
}

export interface StatusWriterOptions<T extends KubeObject> {
  readonly client: KubeClient;
  readonly resource: Resource<T>;
  readonly clock: Clock;
  readonly fieldManager: string;
  readonly signal: AbortSignal;
  /** See `Controller.remembers`. */
  readonly remembers?: readonly string[] | undefined;
}

const ATTEMPTS = 5;
const RETRY_MS = 200;

/**
 * Writes the status of one object during one run: each write on top of the one before, in the order in which they were asked for.
 *
 * A write is one merge patch of the status subresource. The resourceVersion travels along: a write based on a stale view is refused by the server, read
 * again and computed anew, so that conditions of other owners survive; an object that was replaced by another of the same name is left alone, and so is what
 * another process has remembered in it.
 */
export function statusWriter<T extends KubeObject>(start: T, options: StatusWriterOptions<T>): StatusWriter<T> {
  const { client, resource, clock, fieldManager, signal, remembers = [] } = options;
  const key = keyOf(start);
  let object = start;
  let tail: Promise<void> = Promise.resolve();
  /** What the status may be by our own doing; of a write whose answer was lost nobody knows. */
  const ours: CommonStatus[] = [statusOf(start)];
  let isOutdated = false;

  const write = async (next: (object: T) => CommonStatus): Promise<void> => {
    if (isOutdated) throw outdated();
    let stale = false;
    for (let attempt = 1; ; attempt++) {
      try {
        if (stale) object = await readAgain();
        stale = false;
        const wanted = next(object);
        const patch = createMergePatch(statusOf(object), wanted);
        if (patch === undefined) return;
        ours.push(wanted);
        const body = { metadata: { resourceVersion: object.metadata.resourceVersion }, status: patch };
        object = await client.patch(resource, { key, patch: { type: 'merge', body } }, { signal, subresource: 'status', fieldManager });
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (!isPassing(error) || attempt === ATTEMPTS) throw error;
        // After a lost answer the write may have happened: only what the server holds now says what is left to do.
        stale = true;
        if (!isConflict(error)) await clock.sleep(RETRY_MS * 2 ** (attempt - 1), signal);
      }
    }
  };

  const readAgain = async (): Promise<T> => {
    const fresh = await client.get(resource, key, { signal });
    if (fresh.metadata.uid !== start.metadata.uid) throw new Superseded('another object has taken the name');
    if (ours.some((known) => remembersTheSame(known, statusOf(fresh), remembers))) return fresh;
    isOutdated = true;
    object = fresh;
    throw outdated();
  };

  return {
    get object() {
      return object;
    },
    get isOutdated() {
      return isOutdated;
    },
    write(next) {
      const mine = tail.then(() => write(next));
      tail = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** Whether whoever starts from the one status starts from the other. */
export const remembersTheSame = (one: CommonStatus, other: CommonStatus, fields: readonly string[]): boolean =>
  fields.every((field) => deepEqual(one[field], other[field]));

const outdated = () => new Superseded('the status remembers what the run did not know');

/** Worth another try within the same run: a stale view, no answer, or a server that is busy or starting. */
const isPassing = (error: unknown): boolean =>
  isConflict(error) || error instanceof ConnectionError || (error instanceof ApiError && (error.status >= 500 || error.status === 429));
