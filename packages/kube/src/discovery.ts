import { type Clock, type GroupVersionKind, isRecord, type Resource, renderApiVersion, untilAborted } from '@gotk/apimachinery';
import { isNotFound, NoMatch, ProtocolError } from './errors.ts';
import { createGroupVersions } from './group-versions.ts';
import type { RestMapper } from './rest-mapper.ts';
import { discoveryRequest } from './transport/requests.ts';
import type { Transport } from './transport/transport.ts';

type GroupVersion = Pick<GroupVersionKind, 'group' | 'version'>;
type Kinds = ReadonlyMap<string, Resource>;

interface Entry {
  readonly kinds: Promise<Kinds>;
  readonly askedAtMs: number;
  /** How many there are, once that is known. */
  count: number;
}

/** How long a kind that was not there is taken to be still missing. */
const MISS_MS = 2_000;
/** A cluster has some hundred group versions at most; the names of those that it has not come from whoever writes manifests, and must not fill memory. */
const MAX_ENTRIES = 1_000;
/** In all group versions together; a cluster with many operators has a thousand. A tenant's server says what it likes. */
const MAX_KINDS = 20_000;
/** As for every name in a path. */
const MAX_NAME_CHARACTERS = 253;

/** Asks the API server for a group version when one of its kinds is first needed, and again when a kind is missing. */
export function discoveryMapper(transport: Transport, clock: Clock): RestMapper {
  const known = new Map<string, Entry>();
  const groups = createGroupVersions(transport, { clock, keptMs: MISS_MS });

  const ask = (groupVersion: GroupVersion): Entry => {
    const key = renderApiVersion(groupVersion);
    const entry: Entry = { kinds: fetchKinds(transport, groupVersion), askedAtMs: clock.monotonic(), count: 0 };
    entry.kinds.then(
      ({ size }) => {
        entry.count = size;
        forgetOldest();
      },
      // A failed question is not an answer: the next caller asks again.
      () => known.get(key) === entry && known.delete(key),
    );
    known.delete(key);
    known.set(key, entry);
    forgetOldest();
    return entry;
  };
  const forgetOldest = (): void => {
    let kinds = [...known.values()].reduce((sum, { count }) => sum + count, 0);
    for (const [oldest, { count }] of known) {
      if (known.size <= MAX_ENTRIES && kinds <= MAX_KINDS) break;
      known.delete(oldest);
      kinds -= count;
    }
  };

  const find = async (gvk: GroupVersionKind, signal: AbortSignal): Promise<Resource | undefined> => {
    signal.throwIfAborted();
    const entry = known.get(renderApiVersion(gvk)) ?? ask(gvk);
    const found = (await untilAborted(entry.kinds, signal)).get(gvk.kind);
    if (found !== undefined) return found;
    // Somebody may have asked again while we waited.
    const latest = known.get(renderApiVersion(gvk)) ?? ask(gvk);
    const isFresh = clock.monotonic() - latest.askedAtMs < MISS_MS;
    return (await untilAborted((isFresh ? latest : ask(gvk)).kinds, signal)).get(gvk.kind);
  };

  return {
    async resourceFor(gvk, { signal }) {
      const found = await find(gvk, signal);
      if (found === undefined) throw new NoMatch(gvk);
      return found;
    },
    async anyResourceFor(gvk, { signal }) {
      const wanted = await find(gvk, signal);
      if (wanted !== undefined) return wanted;
      for (const version of await groups.of(gvk.group, { signal })) {
        const found = version === gvk.version ? undefined : await find({ ...gvk, version }, signal);
        if (found !== undefined) return found;
      }
      throw new NoMatch(gvk);
    },
    forget(groupVersion) {
      known.delete(renderApiVersion(groupVersion));
    },
  };
}

/** All callers share the answer, so none of them may take it away from the others: only the transport's own deadline ends the question. */
async function fetchKinds(transport: Transport, groupVersion: GroupVersion): Promise<Kinds> {
  const { group, version } = groupVersion;
  try {
    const { body } = await transport.call(discoveryRequest(groupVersion, { signal: new AbortController().signal }));
    const resources = (isRecord(body) ? body.resources : body) ?? [];
    if (!Array.isArray(resources) || resources.length > MAX_KINDS)
      throw new ProtocolError(`what '${renderApiVersion(groupVersion)}' has is not a list`);
    return new Map(
      resources.filter(isServedKind).map(({ name, kind, namespaced }) => [kind, { group, version, kind, plural: name, namespaced }]),
    );
  } catch (error) {
    if (isNotFound(error)) return new Map();
    throw error;
  }
}

interface ServedKind {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Subresources have a slash in their names. */
function isServedKind(entry: unknown): entry is ServedKind {
  if (!isRecord(entry)) return false;
  const { name, kind, namespaced } = entry;
  return isName(name) && !name.includes('/') && isName(kind) && typeof namespaced === 'boolean';
}

const isName = (name: unknown): name is string => typeof name === 'string' && name !== '' && name.length <= MAX_NAME_CHARACTERS;
