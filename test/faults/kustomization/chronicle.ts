import { isRecord, type KubeObject, type Resource, systemClock, type Unstructured } from '@gotk/apimachinery';
import { createInformer, type KubeClient } from '@gotk/kube';

/** What an object was from a moment on. */
export interface Version {
  /** When it was heard of (monotonic milliseconds). */
  readonly atMs: number;
  readonly object: Unstructured;
}

/** Each version of each object of a namespace, in the order in which they came to be. */
export interface Chronicle extends AsyncDisposable {
  /** By `Kind/name`. */
  of(id: string): readonly Version[];
}

export async function chronicleOf(
  resources: readonly Resource<KubeObject>[],
  { client, namespace }: { readonly client: KubeClient; readonly namespace: string },
): Promise<Chronicle> {
  const stop = new AbortController();
  const versions = new Map<string, Version[]>();
  const informers = resources.map((resource) => {
    const informer = createInformer({ client, resource, clock: systemClock, namespace, transform: (object) => object });
    informer.subscribe(({ kind, object }) => {
      if (kind === 'deleted') return;
      const id = `${resource.kind}/${object.metadata.name}`;
      const version = { atMs: performance.now(), object: { ...object } };
      const known = versions.get(id);
      if (known === undefined) versions.set(id, [version]);
      else known.push(version);
    });
    return informer;
  });
  const running = informers.map((informer) => informer.run(stop.signal));
  for (const informer of informers) await informer.whenSynced(AbortSignal.timeout(30_000));
  return {
    of: (id) => versions.get(id) ?? [],
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(running);
    },
  };
}

/** A span in which an object was not as it was to be. */
export interface Deviation {
  readonly fromMs: number;
  /** Undefined: it still was not at the end. */
  readonly toMs: number | undefined;
}

export function deviationsIn(versions: readonly Version[], wanted: Unstructured): readonly Deviation[] {
  const found: Deviation[] = [];
  let fromMs: number | undefined;
  for (const { atMs, object } of versions) {
    if (holds(object, wanted)) {
      if (fromMs !== undefined) found.push({ fromMs, toMs: atMs });
      fromMs = undefined;
    } else fromMs ??= atMs;
  }
  return fromMs === undefined ? found : [...found, { fromMs, toMs: undefined }];
}

/** Whether all that is wanted is so, whatever there is besides. */
export function holds(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return Array.isArray(live) && live.length === wanted.length && wanted.every((each, index) => holds(live[index], each));
  if (isRecord(wanted))
    return isRecord(live) && Object.entries(wanted).every(([field, value]) => Object.hasOwn(live, field) && holds(live[field], value));
  return live === wanted;
}

const valueAt = (object: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, field) => (Array.isArray(at) ? at[Number(field)] : isRecord(at) ? at[field] : undefined), object);

/** Where a counter that somebody keeps in an object was lost or set back, as sentences. */
export function lossesOf(path: readonly string[], versions: readonly Version[]): readonly string[] {
  let last = 0;
  return versions.flatMap(({ object }) => {
    const value = valueAt(object, path);
    const count = typeof value === 'string' ? Number(value) : 0;
    const before = last;
    last = count;
    return count >= before ? [] : [`${object.kind}/${object.metadata.name}: ${path.join('.')} was ${before}, and is ${String(value)}`];
  });
}

/** Who manages an object, and how, as `manager operation subresource`. */
export const managersOf = ({ metadata }: KubeObject): readonly string[] =>
  (metadata.managedFields ?? [])
    .map(({ manager, operation, subresource = '' }) => [manager, operation, subresource].join(' ').trim())
    .sort();
