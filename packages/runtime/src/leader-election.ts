import type { Clock, KubeObject, Resource } from '@gotk/apimachinery';
import { isConflict, isNotFound, type KubeClient } from '@gotk/kube';
import type { Logger } from './log.ts';

export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

const leases: Resource<Lease> = { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true };

export interface ElectionOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly namespace: string;
  /** Such as `source-controller-leader-election`. */
  readonly name: string;
  /** Unique per process. */
  readonly identity: string;
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

/** Thrown when the lease could not be renewed in time: whoever holds it now may already be writing. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/**
 * Waits until this process holds the Lease, then runs `lead` with a signal that aborts the moment that is no longer certain.
 * Compatible with client-go's election: same object, same fields, observed expiry by the local monotonic clock.
 *
 * Releases the lease when the outer signal aborts. Throws `LeaseLost` when leadership ends for any other reason.
 */
export async function whileLeading(
  options: ElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, retryPeriodMs, renewDeadlineMs } = options;
  const candidate = createCandidate(options);

  while (!(await candidate.tryHold(signal))) {
    await clock.sleep(retryPeriodMs, signal);
    if (signal.aborted) return;
  }
  log.info('elected leader', { lease: `${options.namespace}/${options.name}`, identity: options.identity });

  const lost = new AbortController();
  const leading = AbortSignal.any([signal, lost.signal]);
  const work = lead(leading);
  const renew = async () => {
    let renewedAt = clock.monotonic();
    for (;;) {
      await clock.sleep(retryPeriodMs, leading);
      if (leading.aborted) return;
      if (await candidate.tryHold(leading)) renewedAt = clock.monotonic();
      else if (clock.monotonic() - renewedAt >= renewDeadlineMs || candidate.overtaken())
        return lost.abort(new LeaseLost('leader election lost'));
    }
  };
  const renewing = renew();
  try {
    await work;
  } finally {
    lost.abort(new LeaseLost('leadership given up'));
    await renewing;
    if (signal.aborted) await candidate.release();
  }
  if (!signal.aborted) throw new LeaseLost('leader election lost');
}

interface Candidate {
  /** One attempt to take or renew the lease; false when somebody else holds it or the server did not answer. */
  tryHold(signal: AbortSignal): Promise<boolean>;
  /** Somebody else was seen to hold it at the last attempt. */
  overtaken(): boolean;
  release(): Promise<void>;
}

function createCandidate({ client, clock, log, namespace, name, identity, leaseDurationMs, retryPeriodMs }: ElectionOptions): Candidate {
  const key = { namespace, name };
  // What another holder wrote last, and when we first saw it: their clock is never compared with ours.
  let observed: { readonly record: string; readonly atMs: number } | undefined;
  let held: Lease | undefined;
  let overtaken = false;

  const spec = (previous: Lease | undefined) => {
    const now = new Date(clock.now()).toISOString().replace('Z', '000Z');
    const mine = previous?.spec?.holderIdentity === identity;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.round(leaseDurationMs / 1000),
      acquireTime: mine ? (previous?.spec?.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (previous?.spec?.leaseTransitions ?? 0) + (mine || previous === undefined ? 0 : 1),
    };
  };
  const isFree = ({ spec: current }: Lease): boolean => {
    if (current?.holderIdentity === undefined || current.holderIdentity === '' || current.holderIdentity === identity) return true;
    const record = `${current.holderIdentity} ${current.renewTime}`;
    if (observed?.record !== record) observed = { record, atMs: clock.monotonic() };
    return clock.monotonic() - observed.atMs >= (current.leaseDurationSeconds ?? 0) * 1000;
  };

  const tryHold = async (signal: AbortSignal): Promise<boolean> => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(retryPeriodMs * 2)]);
    try {
      const current = held ?? (await client.get(leases, key, { signal: deadline }));
      overtaken = !isFree(current);
      if (overtaken) return false;
      held = await client.replace(leases, { ...current, spec: spec(current) }, { signal: deadline });
      return true;
    } catch (error) {
      held = undefined;
      if (isNotFound(error)) return create(deadline);
      if (!isConflict(error) && !signal.aborted) log.error('failed to renew the lease', error);
      return false;
    }
  };
  const create = async (signal: AbortSignal): Promise<boolean> => {
    try {
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace }, spec: spec(undefined) };
      held = await client.create(leases, lease, { signal });
      return true;
    } catch (error) {
      if (!isConflict(error) && !signal.aborted) log.error('failed to create the lease', error);
      return false;
    }
  };

  return {
    tryHold,
    overtaken: () => overtaken,
    async release() {
      if (held === undefined) return;
      try {
        await client.replace(
          leases,
          { ...held, spec: { ...held.spec, holderIdentity: '', leaseDurationSeconds: 1 } },
          { signal: AbortSignal.timeout(5_000) },
        );
      } catch (error) {
        log.debug('lease not released, it will expire', { error: String(error) });
      }
    },
  };
}
