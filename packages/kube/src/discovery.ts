import { type Clock, type GroupVersionKind, type Resource, renderApiVersion, untilAborted } from '@gotk/apimachinery';
import { isNotFound, NoMatch } from './errors.ts';
import { discoveryRequest } from './requests.ts';
import type { RestMapper } from './rest-mapper.ts';
import type { Transport } from './transport.ts';

interface ResourceList {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

type GroupVersion = Pick<GroupVersionKind, 'group' | 'version'>;
type Kinds = ReadonlyMap<string, Resource>;

interface Entry {
  readonly kinds: Promise<Kinds>;
  readonly askedAtMs: number;
}

/** How long a kind that was not there is taken to be still missing. */
const MISS_MS = 2_000;
/** A cluster has some hundred group versions at most; the names of those that it has not come from whoever writes manifests, and must not fill memory. */
const MAX_ENTRIES = 1_000;

/** Asks the API server for a group version when one of its kinds is first needed, and again when a kind is missing. */
export function discoveryMapper(transport: Transport, clock: Clock): RestMapper {
  const known = new Map<string, Entry>();

  const ask = (groupVersion: GroupVersion): Entry => {
    const key = renderApiVersion(groupVersion);
    const entry: Entry = { kinds: fetchKinds(transport, groupVersion), askedAtMs: clock.monotonic() };
    // A failed question is not an answer: the next caller asks again.
    entry.kinds.catch(() => known.get(key) === entry && known.delete(key));
    known.delete(key);
    known.set(key, entry);
    for (const oldest of known.keys()) {
      if (known.size <= MAX_ENTRIES) break;
      known.delete(oldest);
    }
    return entry;
  };

  return {
    async resourceFor(gvk, { signal }) {
      signal.throwIfAborted();
      const entry = known.get(renderApiVersion(gvk)) ?? ask(gvk);
      const found = (await untilAborted(entry.kinds, signal)).get(gvk.kind);
      if (found !== undefined) return found;
      // Somebody may have asked again while we waited.
      const latest = known.get(renderApiVersion(gvk)) ?? ask(gvk);
      const isFresh = clock.monotonic() - latest.askedAtMs < MISS_MS;
      const renewed = (await untilAborted((isFresh ? latest : ask(gvk)).kinds, signal)).get(gvk.kind);
      if (renewed === undefined) throw new NoMatch(gvk);
      return renewed;
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
    const served = ((body as ResourceList | null)?.resources ?? []).filter(({ name }) => !name.includes('/'));
    return new Map(served.map(({ name, kind, namespaced }) => [kind, { group, version, kind, plural: name, namespaced }]));
  } catch (error) {
    if (isNotFound(error)) return new Map();
    throw error;
  }
}
