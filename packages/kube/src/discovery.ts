import { type Clock, type GroupVersionKind, type Resource, renderApiVersion } from '@gotk/apimachinery';
import type { RequestOptions } from './client.ts';
import { isNotFound, NoMatch } from './errors.ts';
import type { RestMapper } from './rest-mapper.ts';
import type { Transport } from './transport.ts';

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

type Kinds = ReadonlyMap<string, Resource>;

interface Entry {
  readonly kinds: Promise<Kinds>;
  readonly askedAtMs: number;
}

/** How long a kind that was not there is taken to be still missing. */
const MISS_MS = 2_000;

/** Asks the API server for a group version when one of its kinds is first needed, and again when a kind is missing. */
export function discoveryMapper(transport: Transport, clock: Clock): RestMapper {
  const known = new Map<string, Entry>();

  const ask = (gvk: GroupVersionKind, { signal }: RequestOptions): Entry => {
    const entry: Entry = { kinds: fetchKinds(transport, { gvk, signal }), askedAtMs: clock.monotonic() };
    // A failed question is not an answer: the next caller asks again.
    entry.kinds.catch(() => known.get(renderApiVersion(gvk)) === entry && known.delete(renderApiVersion(gvk)));
    known.set(renderApiVersion(gvk), entry);
    return entry;
  };

  return {
    async resourceFor(gvk, options) {
      const entry = known.get(renderApiVersion(gvk)) ?? ask(gvk, options);
      const found = (await entry.kinds).get(gvk.kind);
      if (found !== undefined) return found;
      if (clock.monotonic() - entry.askedAtMs < MISS_MS) throw new NoMatch(gvk);
      const renewed = (await ask(gvk, options).kinds).get(gvk.kind);
      if (renewed === undefined) throw new NoMatch(gvk);
      return renewed;
    },
    forget(groupVersion) {
      known.delete(renderApiVersion(groupVersion));
    },
  };
}

async function fetchKinds(
  transport: Transport,
  { gvk, signal }: { readonly gvk: GroupVersionKind; readonly signal: AbortSignal },
): Promise<Kinds> {
  const { group, version } = gvk;
  try {
    const { body } = await transport.call({ method: 'GET', path: `${group === '' ? '/api' : '/apis'}/${renderApiVersion(gvk)}`, signal });
    const served = ((body as ResourceList).resources ?? []).filter(({ name }) => !name.includes('/'));
    return new Map(served.map(({ name, kind, namespaced }) => [kind, { group, version, kind, plural: name, namespaced }]));
  } catch (error) {
    if (isNotFound(error)) return new Map();
    throw error;
  }
}
