import { isMutating } from '../api-request.ts';
import type { RequestRecord } from '../request-trace.ts';

/** Leases are renewed and events are told by the clock: neither is work on an object. */
const isWork = (record: RequestRecord): boolean =>
  isMutating(record) && !record.dryRun && !['leases', 'events'].includes(record.resource.split('/')[0] ?? '');

export const describeRequest = ({ verb, resource, namespace, name }: RequestRecord): string =>
  `${verb} ${resource} ${namespace === '' ? '' : `${namespace}/`}${name}`.trim();

export interface Stability {
  /** When the last fault ended, and when everything was as wanted (undefined: never). Wall clock. */
  readonly faultEndedMs: number;
  readonly convergedMs: number | undefined;
  /** A span in which nobody wanted anything. */
  readonly quiet: { readonly fromMs: number; readonly toMs: number };
  /** Default: 60 s. */
  readonly limitMs?: number;
}

/** I1: converges within the limit after the last fault, and then writes nothing but leases and events. */
export function eventuallyStable(requests: readonly RequestRecord[], stability: Stability): readonly string[] {
  const { faultEndedMs, convergedMs, quiet, limitMs = 60_000 } = stability;
  const took = convergedMs === undefined ? undefined : convergedMs - faultEndedMs;
  const restless = requests.filter((record) => isWork(record) && record.atMs >= quiet.fromMs && record.atMs < quiet.toMs);
  return [
    ...(took === undefined
      ? ['never converged']
      : took > limitMs
        ? [`converged ${took} ms after the fault, ${limitMs} ms are allowed`]
        : []),
    ...(restless.length === 0
      ? []
      : [`wrote ${restless.length} times while nobody wanted anything, first: ${describeRequest(first(restless))}`]),
  ];
}

/** I2: deletes nothing but what it may, and only under a uid precondition where that is known. */
export function noWrongDelete(requests: readonly RequestRecord[], mayDelete: (deletion: RequestRecord) => boolean): readonly string[] {
  return requests
    .filter(({ verb, forwarded }) => forwarded && (verb === 'delete' || verb === 'deletecollection'))
    .flatMap((deletion) => [
      ...(mayDelete(deletion) ? [] : [`${describeRequest(deletion)} was not its to delete`]),
      ...(deletion.preconditions !== undefined && deletion.preconditions.uid === undefined
        ? [`${describeRequest(deletion)} had no uid precondition`]
        : []),
    ]);
}

export interface Effects {
  /** Of which resources a write is an effect: `configmaps`. */
  readonly resources: readonly string[];
  /** How often an object may have been changed: once for each thing that somebody wanted of it. */
  readonly allowed: (object: { readonly namespace: string; readonly name: string }) => number;
}

/**
 * I5: changes each object once for each thing wanted of it, and at most once more for each answer that was lost on the way.
 *
 * An apply that changed nothing is answered with the resourceVersion that was there before, and so does not count.
 */
export function effectsOnce(requests: readonly RequestRecord[], { resources, allowed }: Effects): readonly string[] {
  const writes = requests.filter(
    ({ verb, resource, dryRun, forwarded }) =>
      forwarded && !dryRun && resources.includes(resource) && ['create', 'apply', 'update', 'patch'].includes(verb),
  );
  const idOf = ({ resource, namespace, name, object }: RequestRecord) => `${resource} ${namespace}/${name || (object?.name ?? '')}`;
  return [...Map.groupBy(writes, idOf)].flatMap(([id, ofObject]) => {
    const { namespace, name, object } = first(ofObject);
    const changes = new Set(ofObject.flatMap((write) => (write.object === undefined ? [] : [write.object.resourceVersion]))).size;
    const lost = ofObject.filter(({ status }) => status === 0).length;
    const limit = allowed({ namespace, name: name || (object?.name ?? '') });
    return changes > limit + lost ? [`${id} was changed ${changes} times, ${limit} were wanted and ${lost} answers lost`] : [];
  });
}

/** I12: every write is made by who it should be made by. For records of an audit log. */
export function writesOnlyAs(requests: readonly RequestRecord[], user: string): readonly string[] {
  return requests
    .filter((record) => isMutating(record) && record.user !== user)
    .map((record) => `${describeRequest(record)} was made by ${record.user ?? 'somebody unknown'}, not by ${user}`);
}

function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('a group has a member');
  return item;
}
