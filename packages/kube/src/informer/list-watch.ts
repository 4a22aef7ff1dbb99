import type { Clock, KubeObject, Resource } from '@gotk/apimachinery';
import { keyOf, renderKey } from '@gotk/apimachinery';
import type { KubeClient, ListPage, Selectors, WatchEvent } from '../client.ts';
import { AnswerTooLarge, ConnectionError, StaleAnswer } from '../errors.ts';
import { type ListWatchEvent, type ListWatchState, next } from './list-watch-state.ts';
import { compareVersions, isPast } from './resource-version.ts';
import { watchSilence } from './watch-silence.ts';

/** Who is told what the server says. */
export interface ListWatchSink<T extends KubeObject> {
  /** What to keep of an object; called as soon as it arrives, so that no more of it is held than that. */
  keep(object: T): T;
  /** Everything that there is. */
  replace(objects: readonly T[]): void;
  set(object: T): void;
  delete(object: T): void;
  /** The server was heard from. */
  heard(): void;
  onError(error: unknown): void;
}

export interface ListWatchOptions<T extends KubeObject> {
  readonly client: KubeClient;
  readonly selectors: Selectors;
  readonly clock: Clock;
  readonly sink: ListWatchSink<T>;
  readonly pageSize: number;
  readonly stalledAfterMs: number;
  /** What an error means to the loop. */
  readonly eventOf: (error: unknown, signal: AbortSignal) => Promise<ListWatchEvent>;
}

/** The two questions that an informer asks, for as long as they take. */
export interface ListWatch<T extends KubeObject> {
  /** Hands a complete list to the sink. Throws for what the server or the network does. */
  list(resource: Resource<T>, signal: AbortSignal): Promise<{ readonly resourceVersion: string }>;
  /** Watches until the watch ends, however it does, and answers where that leaves us. From a state other than `watching` it begins with what there is. */
  watch(resource: Resource<T>, from: ListWatchState, signal: AbortSignal): Promise<ListWatchState>;
}

/** A server that takes no notice of what it was asked for sends nothing more, or what there is and nothing more. */
const ENDLESS_MS = 10_000;
/** A server that was put back to an earlier state, from a backup, answers with that for good. */
const MAX_DOUBTS = 3;

export function createListWatch<T extends KubeObject>({
  client,
  selectors,
  clock,
  sink,
  pageSize,
  stalledAfterMs,
  eventOf,
}: ListWatchOptions<T>): ListWatch<T> {
  let limit = pageSize;
  let reached = '';
  let doubts = 0;

  /** Takes over everything that there is. Throws `StaleAnswer` for what is older than what was seen, until it has come so often that it must be the truth. */
  const takeOver = (objects: readonly T[], resourceVersion: string): void => {
    if ((compareVersions(resourceVersion, reached) ?? 0) < 0 && doubts < MAX_DOUBTS) {
      doubts += 1;
      throw new StaleAnswer(`list is of version ${resourceVersion}, although ${reached} has been seen`);
    }
    doubts = 0;
    reached = resourceVersion;
    sink.replace(objects);
  };

  /** A page whose answer is too long is asked for again with fewer objects on it, and so are all that follow. */
  const nextPage = async (resource: Resource<T>, token: string | undefined, signal: AbortSignal): Promise<ListPage<T>> => {
    for (;;) {
      try {
        return await client.list(resource, { ...selectors, limit, ...(token === undefined ? {} : { continue: token }), signal });
      } catch (error) {
        if (!(error instanceof AnswerTooLarge) || limit === 1) throw error;
        sink.onError(error);
        limit = Math.ceil(limit / 4);
      }
    }
  };

  /** The cheapest question whose answer is sure to be current. */
  const currentVersion = async (resource: Resource<T>, signal: AbortSignal): Promise<string> =>
    (await client.list(resource, { ...selectors, metadataOnly: true, limit: 1, signal })).resourceVersion;

  return {
    async list(resource, signal) {
      const items: T[] = [];
      let token: string | undefined;
      let resourceVersion: string;
      do {
        const page = await nextPage(resource, token, signal);
        sink.heard();
        for (const item of page.items) items.push(sink.keep(item));
        resourceVersion = page.resourceVersion;
        token = page.continue;
      } while (token !== undefined);
      takeOver(items, resourceVersion);
      return { resourceVersion };
    },

    async watch(resource, from, signal) {
      let state = from;
      let initial: Map<string, T> | undefined = from.at === 'watching' ? undefined : new Map();
      const ended = new AbortController();
      const openedAt = clock.monotonic();
      const end = (event: 'endless' | 'rewound' | 'stalled', text: string) => ended.abort({ event, error: new ConnectionError(text) });
      const silence = watchSilence({
        clock,
        stalledMs: stalledAfterMs,
        endlessMs: ENDLESS_MS,
        filling: () => initial !== undefined,
        ask: () => void askWhetherMissed(),
        onDead: (kind, silentMs) => end(kind, `watch of ${resource.plural} was silent for ${Math.round(silentMs / 1000)} s`),
      });
      const cut = () => ended.abort();
      signal.addEventListener('abort', cut, { once: true });
      try {
        if (signal.aborted) cut();
        const where = from.at === 'watching' ? { resourceVersion: from.resourceVersion } : { resourceVersion: '', initialEvents: true };
        for await (const event of client.watch(resource, { ...selectors, ...where, signal: ended.signal })) {
          sink.heard();
          if (initial === undefined) {
            silence.spoke();
            follow(event);
          } else {
            gather(initial, event);
            silence.heard();
          }
        }
        signal.throwIfAborted();
        return next(state, initial === undefined ? { kind: 'closed', openMs: clock.monotonic() - openedAt } : { kind: 'endless' });
      } catch (thrown) {
        signal.throwIfAborted();
        if (!ended.signal.aborted) return next(state, await eventOf(thrown, signal));
        const { event, error } = ended.signal.reason as { event: 'endless' | 'rewound' | 'stalled'; error: Error };
        sink.onError(error);
        return next(state, { kind: event });
      } finally {
        signal.removeEventListener('abort', cut);
        silence[Symbol.dispose]();
        // A question that is still open is nobody's any more.
        ended.abort();
      }

      function gather(all: Map<string, T>, event: WatchEvent<T>): void {
        if (event.type !== 'BOOKMARK') {
          const key = renderKey(keyOf(event.object));
          if (event.type === 'DELETED') all.delete(key);
          else all.set(key, sink.keep(event.object));
          return;
        }
        if (event.initialEventsEnd !== true) return;
        initial = undefined;
        takeOver([...all.values()], event.resourceVersion);
        state = next(state, { kind: 'listed', resourceVersion: event.resourceVersion });
      }

      function follow(event: WatchEvent<T>): void {
        const resourceVersion = event.type === 'BOOKMARK' ? event.resourceVersion : (event.object.metadata.resourceVersion ?? '');
        // What we have seen already, or what has been overtaken, must not become the present again.
        const isLate = state.at === 'watching' && isPast(resourceVersion, state.resourceVersion);
        if (event.type !== 'BOOKMARK' && !isLate) {
          if (event.type === 'DELETED') sink.delete(event.object);
          else sink.set(sink.keep(event.object));
        }
        state = next(state, { kind: 'seen', resourceVersion });
        if (state.at === 'watching') reached = state.resourceVersion;
      }

      async function askWhetherMissed(): Promise<void> {
        try {
          const current = await currentVersion(resource, ended.signal);
          if (state.at !== 'watching') return;
          const missed = compareVersions(current, state.resourceVersion);
          if (missed === 0) silence.heard();
          if (missed !== undefined && missed < 0)
            end('rewound', `history of ${resource.plural} ends at ${current}, before ${state.resourceVersion}`);
        } catch {
          // No answer is no proof: the watch has to speak for itself.
        }
      }
    },
  };
}
