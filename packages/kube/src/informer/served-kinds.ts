import type { Clock, GroupVersionKind, KubeObject, Resource } from '@gotk/apimachinery';
import { ApiError } from '../errors.ts';
import type { Informer } from './informer.ts';

/** What a CustomResourceDefinition says of a kind that it has the server serve. */
export interface ServedKind {
  readonly plural: string;
  readonly namespaced: boolean;
  /** Differs whenever the definition has changed. */
  readonly by: string;
}

/** Tells when kinds begin to be served. One watch on CustomResourceDefinitions serves all who wait, and runs only while somebody does. */
export interface ServedKinds extends AsyncDisposable {
  /**
   * Resolves as soon as an established definition serves the kind, other than the one that said so before (`exceptBy`); undefined when the signal aborts.
   * Where definitions may not be watched, it never resolves before that.
   */
  untilServed(
    gvk: GroupVersionKind,
    options: { readonly exceptBy: string | undefined; readonly signal: AbortSignal },
  ): Promise<ServedKind | undefined>;
}

/** A definition, stripped to what is read of it. */
export interface Definition extends KubeObject {
  readonly served: { readonly group: string; readonly kind: string; readonly versions: readonly string[] };
  readonly plural: string;
  readonly namespaced: boolean;
}

interface RawDefinition extends KubeObject {
  readonly spec?: {
    readonly group?: string;
    readonly scope?: string;
    readonly names?: { readonly kind?: string; readonly plural?: string };
    readonly versions?: readonly { readonly name?: string; readonly served?: boolean }[];
  };
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] };
}

const definitions: Resource<Definition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

const kindName = ({ group, kind }: { readonly group: string; readonly kind: string }) => `${group}/${kind}`;

export interface ServedKindsOptions {
  readonly clock: Clock;
  /** Makes the informer of definitions: handed in, because informers in turn wait for kinds. */
  readonly follow: (what: {
    readonly resource: Resource<Definition>;
    readonly transform: (object: Definition) => Definition;
    readonly onError: (error: unknown) => void;
  }) => Informer<Definition>;
  readonly onError?: (error: unknown) => void;
}

/** Whoever waits comes back after a look at the server itself: the watch is not begun anew for each of them. */
const LINGER_MS = 10_000;

export function createServedKinds({ clock, follow, onError = () => undefined }: ServedKindsOptions): ServedKinds {
  let running: { readonly informer: Informer<Definition>; readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  let waiting = 0;
  let lingering: Disposable | undefined;
  let toldForbidden = false;

  const stop = async () => {
    lingering?.[Symbol.dispose]();
    const ended = running;
    running = undefined;
    ended?.stop.abort();
    await ended?.done;
  };
  const start = () => {
    const stopped = new AbortController();
    const informer = follow({
      resource: definitions,
      transform: strip,
      onError(error) {
        const forbidden = error instanceof ApiError && error.status === 403;
        // Rights do not come back by asking every few seconds; whoever waits next asks again.
        if (forbidden) stopped.abort();
        if (!(forbidden && toldForbidden)) onError(error);
        toldForbidden ||= forbidden;
      },
    });
    return { informer, stop: stopped, done: informer.run(stopped.signal) };
  };
  const enter = (): Informer<Definition> => {
    lingering?.[Symbol.dispose]();
    waiting += 1;
    if (running === undefined || running.stop.signal.aborted) running = start();
    return running.informer;
  };
  const leave = () => {
    waiting -= 1;
    if (waiting === 0 && running !== undefined) lingering = clock.after(LINGER_MS, () => void stop());
  };

  return {
    async untilServed(gvk, { exceptBy, signal }) {
      if (signal.aborted) return undefined;
      const found = Promise.withResolvers<ServedKind | undefined>();
      const look = (definition: Definition) => {
        const { served, plural, namespaced, metadata } = definition;
        const by = `${metadata.uid}/${metadata.resourceVersion}`;
        if (by !== exceptBy && kindName(served) === kindName(gvk) && served.versions.includes(gvk.version))
          found.resolve({ plural, namespaced, by });
      };
      const source = enter();
      using _subscription = source.subscribe((delta) => {
        if (delta.kind !== 'deleted') look(delta.object);
      });
      const giveUp = () => found.resolve(undefined);
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        return await found.promise;
      } finally {
        signal.removeEventListener('abort', giveUp);
        leave();
      }
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** A definition that is not established yet, or is on its way out, serves nothing. */
function strip(object: Definition): Definition {
  const { apiVersion, kind, metadata, spec = {}, status = {} } = object as unknown as RawDefinition;
  const { name, uid = '', resourceVersion = '' } = metadata;
  const isEstablished = (status.conditions ?? []).some((condition) => condition.type === 'Established' && condition.status === 'True');
  const serves = isEstablished && metadata.deletionTimestamp === undefined;
  return {
    apiVersion,
    kind,
    metadata: { name, uid, resourceVersion },
    served: {
      group: spec.group ?? '',
      kind: spec.names?.kind ?? '',
      versions: serves ? (spec.versions ?? []).flatMap((each) => (each.served === true && each.name !== undefined ? [each.name] : [])) : [],
    },
    plural: spec.names?.plural ?? '',
    namespaced: spec.scope === 'Namespaced',
  };
}
