import type { Clock, KubeObject, Resource } from '@gotk/apimachinery';
import { renderApiVersion } from '@gotk/apimachinery';
import type { KubeClient } from '../client.ts';
import { createInformer, type InformerOptions, type OwnInformer } from './create-informer.ts';
import type { Informer } from './informer.ts';
import { createServedKinds } from './served-kinds.ts';

/** An informer that runs for as long as somebody holds it. */
export interface HeldInformer<T extends KubeObject> extends Disposable {
  readonly informer: Informer<T>;
}

/**
 * The informers of one process: equal questions share one watch, with the indexes of all who hold it; the last holder to let go ends it.
 * Errors are told to each of them. Everything else that is not part of the question, such as what to keep of each object, is decided by the first.
 */
export interface InformerSet extends AsyncDisposable {
  hold<T extends KubeObject>(
    resource: Resource<T>,
    options?: Omit<InformerOptions<T>, 'client' | 'resource' | 'clock' | 'kinds'>,
  ): HeldInformer<T>;
  /** Those that run now. */
  running(): readonly Informer<KubeObject>[];
}

/** A definition's schema can take a megabyte. */
const DEFINITIONS_A_PAGE = 50;

interface Entry {
  readonly informer: OwnInformer<KubeObject>;
  readonly stop: AbortController;
  readonly done: Promise<void>;
  /** Of those who hold it. */
  readonly onErrors: Set<(error: unknown) => void>;
  holders: number;
}

export function createInformerSet({
  client,
  clock,
  onError,
}: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly onError?: (error: unknown) => void;
}): InformerSet {
  const entries = new Map<string, Entry>();
  const paged = new Set<string>();
  const reporting = onError === undefined ? {} : { onError };
  const kinds = createServedKinds({
    clock,
    ...reporting,
    follow: (what) => createInformer({ ...what, client, clock, pageSize: DEFINITIONS_A_PAGE }),
  });

  /** Who does not stream one kind does not stream the others of its group version: each is another server's, or the same. */
  const fillingOf = (resource: Resource<KubeObject>): Pick<InformerOptions<KubeObject>, 'filling' | 'onPaged'> => {
    const groupVersion = renderApiVersion(resource);
    return { ...(paged.has(groupVersion) ? { filling: 'paged' } : {}), onPaged: () => paged.add(groupVersion) };
  };

  return {
    hold<T extends KubeObject>(resource: Resource<T>, options: Omit<InformerOptions<T>, 'client' | 'resource' | 'clock' | 'kinds'> = {}) {
      const { namespace = '', labelSelector = '', fieldSelector = '', metadataOnly = false, onError: ownOnError } = options;
      const key = [renderApiVersion(resource), resource.kind, namespace, labelSelector, fieldSelector, String(metadataOnly)].join('|');
      const entry = entries.get(key) ?? start(key, { ...fillingOf(resource), ...options, client, resource, clock, kinds });
      // The key holds everything that tells informers apart: what is stored under it was made for this very resource.
      const informer = entry.informer as unknown as OwnInformer<T>;
      informer.addIndexes(options.indexes ?? {});
      entry.holders += 1;
      const listener = (error: unknown) => ownOnError?.(error);
      entry.onErrors.add(listener);
      let held = true;
      return {
        informer,
        [Symbol.dispose]: () => {
          if (!held) return;
          held = false;
          entry.holders -= 1;
          entry.onErrors.delete(listener);
          if (entry.holders > 0) return;
          entries.delete(key);
          entry.stop.abort();
        },
      };
    },
    running: () => [...entries.values()].map(({ informer }) => informer),
    async [Symbol.asyncDispose]() {
      for (const { stop } of entries.values()) stop.abort();
      await Promise.all([...[...entries.values()].map(({ done }) => done), kinds[Symbol.asyncDispose]()]);
      entries.clear();
    },
  };

  function start<T extends KubeObject>(key: string, options: InformerOptions<T>): Entry {
    const stop = new AbortController();
    const onErrors = new Set<(error: unknown) => void>();
    const tellAll = (error: unknown) => {
      onError?.(error);
      for (const listener of [...onErrors]) listener(error);
    };
    const informer = createInformer<T>({ ...options, onError: tellAll });
    const entry: Entry = {
      informer: informer as unknown as OwnInformer<KubeObject>,
      stop,
      done: informer.run(stop.signal),
      onErrors,
      holders: 0,
    };
    entries.set(key, entry);
    return entry;
  }
}
