import { type Clock, deadlineSignal, type KubeObject, type Resource } from '@gotk/apimachinery';
import { isConflict, isNotFound, type KubeClient } from '@gotk/kube';
import type { Logger } from '../log/log.ts';

export interface LeaseOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly namespace: string;
  /** Such as `source-controller-leader-election`. */
  readonly name: string;
  /** Unique per process. */
  readonly identity: string;
  /** How long others respect a lease that is not renewed. */
  readonly leaseDurationMs: number;
  readonly retryPeriodMs: number;
}

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

export const leases: Resource<Lease> = { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true };

/** One process's attempts at one Lease. */
export interface LeaseCandidate {
  /** One attempt to take or renew the lease; false when somebody else holds it or the server did not answer. Never throws. */
  tryHold(signal: AbortSignal): Promise<boolean>;
  /** Somebody else was seen to hold it at the last attempt. */
  readonly overtaken: boolean;
  /** Gives the lease back, if it is still ours. Never throws. */
  release(): Promise<void>;
}

const RELEASE_TIMEOUT_MS = 5_000;

export function createLeaseCandidate(options: LeaseOptions): LeaseCandidate {
  const { client, clock, log, namespace, name, identity, leaseDurationMs, retryPeriodMs } = options;
  const key = { namespace, name };
  // What another holder wrote last, and when we first saw it: their clock is never compared with ours.
  let observed: { readonly record: string; readonly atMs: number } | undefined;
  let held: Lease | undefined;
  let overtaken = false;

  const isFree = ({ spec }: Lease): boolean => {
    if (spec?.holderIdentity === undefined || spec.holderIdentity === '' || spec.holderIdentity === identity) return true;
    const record = `${spec.holderIdentity} ${spec.renewTime}`;
    if (observed?.record !== record) observed = { record, atMs: clock.monotonic() };
    return clock.monotonic() - observed.atMs >= (spec.leaseDurationSeconds ?? 0) * 1000;
  };

  const specAfter = (previous: Lease | undefined): LeaseSpec => {
    const now = microTime(clock);
    const mine = previous?.spec?.holderIdentity === identity;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.round(leaseDurationMs / 1000),
      acquireTime: mine ? (previous?.spec?.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (previous?.spec?.leaseTransitions ?? 0) + (mine || previous === undefined ? 0 : 1),
    };
  };

  const hold = async (signal: AbortSignal): Promise<boolean> => {
    const current = held ?? (await client.get(leases, key, { signal }));
    overtaken = !isFree(current);
    if (overtaken) return false;
    held = await client.replace(leases, { ...current, spec: specAfter(current) }, { signal });
    return true;
  };

  const create = async (signal: AbortSignal): Promise<boolean> => {
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace }, spec: specAfter(undefined) };
    held = await client.create(leases, lease, { signal });
    return true;
  };

  return {
    async tryHold(signal) {
      using deadline = deadlineSignal({ timeoutMs: 2 * retryPeriodMs, clock, parents: [signal] });
      const renewing = held !== undefined;
      const attempt = async (): Promise<boolean> => {
        try {
          return await hold(deadline.signal);
        } catch (error) {
          held = undefined;
          if (isNotFound(error)) return create(deadline.signal);
          // Somebody touched the Lease, if only its labels: what is in it now decides, and at once.
          if (isConflict(error) && renewing) return hold(deadline.signal);
          throw error;
        }
      };
      try {
        return await attempt();
      } catch (error) {
        held = undefined;
        if (!isConflict(error) && !signal.aborted) log.error('failed to take or renew the lease', error);
        return false;
      }
    },
    get overtaken() {
      return overtaken;
    },
    async release() {
      using deadline = deadlineSignal({ timeoutMs: RELEASE_TIMEOUT_MS, clock });
      const now = microTime(clock);
      try {
        // A renewal that was cut short may have been carried out: what the server holds decides.
        const current = held ?? (await client.get(leases, key, { signal: deadline.signal }));
        if (current.spec?.holderIdentity !== identity) return;
        const spec = { ...current.spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
        await client.replace(leases, { ...current, spec }, { signal: deadline.signal });
      } catch (error) {
        log.debug('the lease was not released, it will expire', { error: String(error) });
      }
    },
  };
}

/** metav1.MicroTime: six digits after the point. */
const microTime = (clock: Clock): string => new Date(clock.now()).toISOString().replace('Z', '000Z');
