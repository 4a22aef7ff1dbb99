import { applyMergePatch, deepEqual, isRecord, type KubeObject, keyOf, type ObjectKey, type Resource, renderKey } from '@gotk/apimachinery';
import { ApiError, type KubeClient, type WatchEvent } from '@gotk/kube';

/** A request that reached the server. */
export interface Asked {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'replace' | 'patch' | 'delete';
  readonly plural: string;
  readonly name: string;
  readonly body?: unknown;
  readonly subresource?: string;
  readonly fieldManager?: string;
}

/**
 * An API server in memory, with the rules that controllers rely on: resource versions and conflicts, generations, the status subresource, finalizers and
 * deletion in two steps, watches that go on where a list ended.
 */
export interface MemoryApi {
  readonly client: KubeClient;
  readonly asked: Asked[];
  /** Called before a request is carried out: what it throws is the answer. */
  before: (asked: Asked) => void | Promise<void>;
  /** Called after a request was carried out: what it throws takes the place of the answer. */
  after: (asked: Asked) => void | Promise<void>;
  /** Creates the object, or replaces what it has besides the status. */
  put<T extends KubeObject>(resource: Resource<T>, object: T): T;
  read<T extends KubeObject>(resource: Resource<T>, key: ObjectKey): T | undefined;
  /** Deletes it, as far as its finalizers allow. */
  remove(resource: Resource<KubeObject>, key: ObjectKey): void;
  /** Watches deliver nothing until the returned function is called: caches fall behind. */
  holdWatches(): () => void;
}

interface Stored extends KubeObject {
  readonly spec?: unknown;
  readonly status?: unknown;
}

interface Change {
  readonly plural: string;
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: Stored;
}

export const refused = (status: number, reason: string): ApiError => new ApiError(`the server says ${reason}`, { status, reason });

export function memoryApi(): MemoryApi {
  const stored = new Map<string, Stored>();
  const history: Change[] = [];
  const asked: Asked[] = [];
  const wakers = new Set<() => void>();
  let version = 100;
  let uid = 0;
  let held = false;

  const idOf = (plural: string, key: ObjectKey) => `${plural} ${renderKey(key)}`;
  const wakeAll = () => {
    for (const wake of [...wakers]) wake();
  };
  const record = (plural: string, type: Change['type'], object: Stored): Stored => {
    version += 1;
    const next = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    const id = idOf(plural, keyOf(next));
    if (type === 'DELETED') stored.delete(id);
    else stored.set(id, next);
    history.push({ plural, version, type, object: next });
    wakeAll();
    return next;
  };
  const find = (plural: string, key: ObjectKey): Stored => {
    const found = stored.get(idOf(plural, key));
    if (found === undefined) throw refused(404, 'NotFound');
    return found;
  };
  const create = (plural: string, object: Stored): Stored => {
    if (stored.has(idOf(plural, keyOf(object)))) throw refused(409, 'AlreadyExists');
    uid += 1;
    return record(plural, 'ADDED', { ...object, metadata: { ...object.metadata, uid: `uid-${uid}`, generation: 1 } });
  };
  const update = (plural: string, old: Stored, wanted: Stored): Stored => {
    const { resourceVersion: based } = wanted.metadata;
    if (based !== undefined && based !== old.metadata.resourceVersion) throw refused(409, 'Conflict');
    const generation = (old.metadata.generation ?? 0) + (deepEqual(old.spec, wanted.spec) ? 0 : 1);
    const { uid: sameUid, deletionTimestamp, resourceVersion } = old.metadata;
    const metadata = { ...wanted.metadata, uid: sameUid, generation, resourceVersion, ...(deletionTimestamp ? { deletionTimestamp } : {}) };
    const next = { ...wanted, metadata } as Stored;
    if (deepEqual(next, old)) return old;
    const last = deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0;
    return record(plural, last ? 'DELETED' : 'MODIFIED', next);
  };
  const remove = (plural: string, key: ObjectKey): void => {
    const found = find(plural, key);
    if (found.metadata.deletionTimestamp !== undefined) return;
    if ((found.metadata.finalizers ?? []).length === 0) {
      record(plural, 'DELETED', found);
      return;
    }
    const { generation = 0 } = found.metadata;
    record(plural, 'MODIFIED', {
      ...found,
      metadata: { ...found.metadata, generation: generation + 1, deletionTimestamp: '2026-01-02T03:04:05Z' },
    });
  };

  const api: MemoryApi = {
    asked,
    before: () => undefined,
    after: () => undefined,
    put<T extends KubeObject>({ plural }: Resource<T>, object: T) {
      const old = stored.get(idOf(plural, keyOf(object)));
      const { status } = object as Stored;
      const wanted =
        old === undefined ? object : { ...object, ...(status === undefined && old.status !== undefined ? { status: old.status } : {}) };
      return structuredClone(old === undefined ? create(plural, wanted) : update(plural, old, wanted)) as unknown as T;
    },
    read: <T extends KubeObject>({ plural }: Resource<T>, key: ObjectKey) =>
      structuredClone(stored.get(idOf(plural, key))) as unknown as T | undefined,
    remove: ({ plural }, key) => remove(plural, key),
    holdWatches() {
      held = true;
      return () => {
        held = false;
        wakeAll();
      };
    },
    get client() {
      return client;
    },
  };

  const serve = async <T>(request: Asked, signal: AbortSignal, carryOut: () => unknown): Promise<T> => {
    signal.throwIfAborted();
    asked.push(request);
    await Promise.race([api.before(request), abortOf(signal)]);
    signal.throwIfAborted();
    const answer = structuredClone(carryOut());
    await api.after(request);
    return answer as T;
  };

  const undiscovered = () => Promise.reject(new Error('no discovery in memory'));
  const client: KubeClient = {
    mapper: { resourceFor: undiscovered, anyResourceFor: undiscovered, forget: () => undefined },
    get: ({ plural }, key, { signal }) => serve({ verb: 'get', plural, name: key.name }, signal, () => find(plural, key)),
    list: ({ plural }, { signal }) =>
      serve({ verb: 'list', plural, name: '' }, signal, () => ({
        items: [...stored].filter(([id]) => id.startsWith(`${plural} `)).map(([, object]) => object),
        resourceVersion: String(version),
      })),
    async *watch<T extends KubeObject>(
      { plural }: Resource<T>,
      { resourceVersion, signal }: { resourceVersion: string; signal: AbortSignal },
    ) {
      asked.push({ verb: 'watch', plural, name: '' });
      let seen = Number(resourceVersion);
      for (;;) {
        signal.throwIfAborted();
        for (const change of held ? [] : history.filter((each) => each.plural === plural && each.version > seen)) {
          seen = change.version;
          yield { type: change.type, object: structuredClone(change.object) as unknown as T } satisfies WatchEvent<T>;
        }
        if (held || !history.some((each) => each.plural === plural && each.version > seen)) await changeOr(signal);
      }
    },
    create: ({ plural }, object, { signal }) =>
      serve({ verb: 'create', plural, name: object.metadata.name, body: object }, signal, () => create(plural, object)),
    replace: ({ plural }, object, { signal }) =>
      serve({ verb: 'replace', plural, name: object.metadata.name, body: object }, signal, () =>
        update(plural, find(plural, keyOf(object)), object),
      ),
    patch({ plural }, { key, patch }, { signal, subresource, fieldManager }) {
      const how = { ...(subresource === undefined ? {} : { subresource }), ...(fieldManager === undefined ? {} : { fieldManager }) };
      return serve({ verb: 'patch', plural, name: key.name, body: patch.body, ...how }, signal, () => {
        const old = find(plural, key);
        const merged = applyMergePatch(old, patch.body) as Stored;
        const { resourceVersion } = merged.metadata;
        const wanted =
          subresource === 'status'
            ? { ...old, status: merged.status, metadata: { ...old.metadata, resourceVersion } }
            : { ...merged, status: old.status };
        return update(plural, old, wanted as Stored);
      });
    },
    delete: ({ plural }, key, { signal }) => serve({ verb: 'delete', plural, name: key.name }, signal, () => remove(plural, key)),
    apply: () => Promise.reject(new Error('no apply in memory')),
    impersonate: () => client,
    close: () => Promise.resolve(),
  };

  const changeOr = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = () => {
        wakers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      wakers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  return api;
}

const abortOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** The writes among the requests, as `patch status web`. */
export const writesOf = (asked: readonly Asked[]): readonly string[] =>
  asked
    .filter(({ verb }) => verb !== 'get' && verb !== 'list' && verb !== 'watch')
    .map(({ verb, subresource, name }) => [verb, subresource, name].filter((part) => part !== undefined).join(' '));

/** The body of a status patch. */
export const statusIn = ({ body }: Asked): unknown => (isRecord(body) ? body.status : undefined);
