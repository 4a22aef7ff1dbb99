import type { GroupVersionKind, KubeObject, Resource } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import type { KubeClient, ListOptions, ListPage, WatchEvent, WatchOptions } from '../src/client.ts';
import { ApiError } from '../src/errors.ts';
import { createInformer, type InformerOptions } from '../src/informer/create-informer.ts';

export const pods: Resource<KubeObject> = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };
export const pod = (name: string, resourceVersion = '1', uid = `uid-${name}`): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'apps', name, uid, resourceVersion },
});
export const gone = () => new ApiError('too old', { status: 410, reason: 'Expired' });

/** A watch that the test feeds. */
export interface OpenWatch {
  readonly options: WatchOptions;
  send(event: WatchEvent<KubeObject>): void;
  close(): void;
  fail(error: Error): void;
}

/** An informer of pods, over a client that answers as the test says. */
export function setUp(options: Partial<InformerOptions<KubeObject>> = {}) {
  const clock = fakeClock();
  const lists: ListOptions[] = [];
  const watches: OpenWatch[] = [];
  const server = {
    list: (_options: ListOptions): ListPage<KubeObject> => ({ items: [pod('a')], resourceVersion: '10' }),
    onWatch: (_watch: OpenWatch): void => undefined,
  };
  const discovery = {
    forget: () => undefined,
    resourceFor: (gvk: GroupVersionKind): Promise<Resource> => Promise.resolve({ ...gvk, plural: 'pods', namespaced: true }),
  };
  const waiting = new Set<() => void>();
  const client = {
    untilAnswered: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        waiting.add(resolve);
        signal.addEventListener('abort', () => resolve());
      }),
    mapper: { forget: () => discovery.forget(), resourceFor: (gvk: GroupVersionKind) => discovery.resourceFor(gvk) },
    list: async (_resource: unknown, how: ListOptions) => {
      lists.push(how);
      return server.list(how);
    },
    async *watch(_resource: unknown, how: WatchOptions) {
      const events: (WatchEvent<KubeObject> | Error | 'closed')[] = [];
      let wake = (): void => undefined;
      const put = (event: (typeof events)[number]) => {
        events.push(event);
        wake();
      };
      const watch: OpenWatch = { options: how, send: put, close: () => put('closed'), fail: put };
      watches.push(watch);
      server.onWatch(watch);
      how.signal.addEventListener('abort', () => wake());
      for (;;) {
        how.signal.throwIfAborted();
        const event = events.shift();
        if (event === 'closed') return;
        if (event instanceof Error) throw event;
        if (event !== undefined) yield event;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  } as unknown as KubeClient;
  const errors: unknown[] = [];
  const informer = createInformer({ client, resource: pods, clock, random: () => 0, onError: (error) => errors.push(error), ...options });
  const stop = new AbortController();
  const seen: string[] = [];
  informer.subscribe(({ kind, object }) => seen.push(`${kind} ${object.metadata.name}`));
  const running = informer.run(stop.signal);
  return {
    clock,
    lists,
    watches,
    server,
    discovery,
    errors,
    /** The server has answered somebody. */
    answered() {
      for (const resolve of waiting) resolve();
    },
    informer,
    seen,
    last: () => watches.at(-1),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
