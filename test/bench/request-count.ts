/** Requests the API server has answered, by `verb resource[/subresource][ (dry run)]`. */
export type RequestCounts = ReadonlyMap<string, number>;

/**
 * What the API server does for itself and what no controller of ours touches would only blur the picture. Leases are counted apart: their rate
 * depends on the clock, not on the work.
 */
const OURS = new Set([
  'kustomizations',
  'gitrepositories',
  'events',
  'deployments',
  'services',
  'serviceaccounts',
  'ingresses',
  'configmaps',
  'secrets',
  'namespaces',
  'customresourcedefinitions',
  'leases',
]);

const SAMPLE = /^apiserver_request_total\{([^}]*)\} (\S+)$/gm;

/** Reads the counters out of the API server's `/metrics` text. Watches count once, when they are opened. */
export function parseRequestCounts(metrics: string): RequestCounts {
  const counts = new Map<string, number>();
  for (const [, labelText = '', value] of metrics.matchAll(SAMPLE)) {
    const labels = Object.fromEntries([...labelText.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text]));
    const resource = labels.resource ?? '';
    // Core events and those of events.k8s.io are one resource; leases of kube-node-lease do not exist here.
    if (!OURS.has(resource)) continue;
    // The controller-manager answers each change of a Deployment with its status; ours never write one.
    if (labels.subresource === 'status' && resource === 'deployments') continue;
    const name = `${labels.verb} ${resource}${labels.subresource ? `/${labels.subresource}` : ''}${labels.dry_run === 'All' ? ' (dry run)' : ''}`;
    counts.set(name, (counts.get(name) ?? 0) + Number(value));
  }
  return counts;
}

/** What came in between two readings, without what the harness itself sent. */
export function requestsBetween(before: RequestCounts, after: RequestCounts, own: RequestCounts): RequestCounts {
  const difference = new Map<string, number>();
  for (const [name, count] of after) {
    const rest = count - (before.get(name) ?? 0) - (own.get(name) ?? 0);
    if (rest !== 0) difference.set(name, rest);
  }
  return difference;
}

const isLease = (name: string) => name.includes(' leases');

export const workRequests = (counts: RequestCounts) => sum(counts, (name) => !isLease(name));
export const leaseRequests = (counts: RequestCounts) => sum(counts, isLease);

function sum(counts: RequestCounts, keep: (name: string) => boolean): number {
  let total = 0;
  for (const [name, count] of counts) if (keep(name)) total += count;
  return total;
}
