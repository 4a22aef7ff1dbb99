/** Requests the API server has answered, by `VERB resource[/subresource][ (dry run)]`. */
export type RequestCounts = ReadonlyMap<string, number>;

/** What we read of an event of the API server's audit log (audit.k8s.io/v1). */
interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string };
}

/**
 * Counts the requests in an audit log: each once, whatever came of it; a watch when it is opened. The log of one user is exact where the server's own
 * counters mix everybody's requests.
 */
export function countRequests(auditLog: string): RequestCounts {
  const counts = new Map<string, number>();
  for (const line of auditLog.split('\n')) {
    if (line === '') continue;
    const name = nameOf(JSON.parse(line) as AuditEvent);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function nameOf({ stage, verb, requestURI, objectRef = {} }: AuditEvent): string | undefined {
  if (stage !== (verb === 'watch' ? 'ResponseStarted' : 'ResponseComplete')) return undefined;
  const { searchParams } = new URL(requestURI, 'http://localhost');
  const { resource = 'discovery', subresource } = objectRef;
  // Server-side apply is a patch that says whether to use force.
  const shown = verb === 'patch' && searchParams.has('force') ? 'APPLY' : verb.toUpperCase();
  return `${shown} ${resource}${subresource === undefined ? '' : `/${subresource}`}${searchParams.has('dryRun') ? ' (dry run)' : ''}`;
}

/** What came in between two readings. */
export function requestsBetween(before: RequestCounts, after: RequestCounts): RequestCounts {
  const entries = [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
  return new Map(entries.filter(([, count]) => count !== 0));
}

/** Leases are counted apart: their rate depends on the clock, not on the work. */
const isLease = (name: string) => name.includes(' leases');

export const workRequests = (counts: RequestCounts) => sum(counts, (name) => !isLease(name));
export const leaseRequests = (counts: RequestCounts) => sum(counts, isLease);

function sum(counts: RequestCounts, keep: (name: string) => boolean): number {
  let total = 0;
  for (const [name, count] of counts) if (keep(name)) total += count;
  return total;
}
