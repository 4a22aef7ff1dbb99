import { type Clock, isRecord, latest, untilAborted } from '@gotk/apimachinery';
import { isNotFound, ProtocolError } from './errors.ts';
import { groupDiscoveryRequest } from './transport/requests.ts';
import type { Transport } from './transport/transport.ts';

/** Answers in which versions a server has a group. */
export interface GroupVersions {
  /** The one that the server prefers first; none for a group that it does not serve. Throws what the server says. */
  of(group: string, options: { readonly signal: AbortSignal }): Promise<readonly string[]>;
}

export interface GroupVersionsOptions {
  readonly clock: Clock;
  /** For so long an answer counts: versions come and go with definitions. */
  readonly keptMs: number;
}

/** Groups of which the answer is kept. */
const MAX_GROUPS = 1_000;
/** Kubernetes' own groups have five at most. */
const MAX_VERSIONS = 100;
const MAX_NAME_CHARACTERS = 63;

/** Asks the API server; many who want to know of one group at once share one question. */
export function createGroupVersions(transport: Transport, { clock, keptMs }: GroupVersionsOptions): GroupVersions {
  const known = latest<string, { readonly versions: Promise<readonly string[]>; readonly askedAtMs: number }>(MAX_GROUPS);

  const ask = (group: string): Promise<readonly string[]> => {
    const entry = { versions: fetchVersions(transport, group), askedAtMs: clock.monotonic() };
    entry.versions.catch(() => {
      if (known.get(group) === entry) known.delete(group);
    });
    known.set(group, entry);
    return entry.versions;
  };

  return {
    async of(group, { signal }) {
      signal.throwIfAborted();
      const entry = known.get(group);
      const isKept = entry !== undefined && clock.monotonic() - entry.askedAtMs < keptMs;
      return await untilAborted(isKept ? entry.versions : ask(group), signal);
    },
  };
}

/** All callers share the answer: only the transport's own deadline ends the question. */
async function fetchVersions(transport: Transport, group: string): Promise<readonly string[]> {
  try {
    const { body } = await transport.call(groupDiscoveryRequest(group, { signal: new AbortController().signal }));
    const { versions, preferredVersion } = isRecord(body) ? body : {};
    if (!Array.isArray(versions) || versions.length > MAX_VERSIONS) throw new ProtocolError(`what versions '${group}' has is not a list`);
    // The core group has names alone, any other one what they are the names of.
    const names = [preferredVersion, ...versions].map((it) => (isRecord(it) ? it.version : it)).filter(isVersion);
    return [...new Set(names)];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

const isVersion = (name: unknown): name is string =>
  typeof name === 'string' && name.length <= MAX_NAME_CHARACTERS && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
