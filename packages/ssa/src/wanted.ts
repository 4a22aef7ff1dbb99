import { keyOf } from '@gotk/apimachinery';
import { isNotFound, type KubeClient } from '@gotk/kube';
import { expires } from './expiring-jobs.ts';
import type { Ledger } from './ledger.ts';
import type { LiveObjects } from './live-objects.ts';
import { isLeftAlone, isOnlyCreated } from './object-policy.ts';
import type { OwnerPolicy } from './owner.ts';
import type { Desired } from './plan.ts';

export interface WantedOptions {
  readonly client: KubeClient;
  readonly policy: OwnerPolicy;
  readonly ledger: Ledger;
  /** `namespace/name`. */
  readonly owner: string;
  readonly liveOf: LiveObjects;
  readonly isWatched: (it: Desired) => boolean;
  /** Whether an earlier process has applied an object, and nothing has been heard of it since. */
  readonly wasApplied: (id: string) => boolean;
  /** Jobs that have ended and deleted themselves run once more. */
  readonly runAgain: boolean;
  readonly signal: AbortSignal;
}

/** The objects of a set less those that are not to be touched, as the live object or the mere existence of one says, and Jobs that have ended and deleted themselves. */
export async function wantedOf(desired: readonly Desired[], options: WantedOptions): Promise<readonly Desired[]> {
  const { policy, liveOf, runAgain } = options;
  const wanted: Desired[] = [];
  for (const it of desired.filter((each) => runAgain || liveOf(each) !== undefined || !hasCompleted(each, options))) {
    const live = liveOf(it);
    if (live !== undefined && isLeftAlone(live.metadata, policy)) continue;
    if (isOnlyCreated(it.object.metadata, policy) && (live !== undefined || (await exists(it, options)))) continue;
    wanted.push(it);
  }
  return wanted;
}

/** Whether a Job that is not there is so because it has completed and deleted itself: by what was seen, and else by what cannot be otherwise. */
function hasCompleted(it: Desired, { ledger, owner, wasApplied, isWatched }: WantedOptions): boolean {
  const ended = ledger.ended(it.id);
  if (ended !== undefined) return ended === 'complete';
  if (!expires(it.object)) return false;
  const record = ledger.get(it.id);
  const isGone = record === undefined ? ledger.lost(it.id) === undefined && wasApplied(it.id) : record.hash === it.hash && !isWatched(it);
  if (isGone) ledger.end(it.id, owner, 'complete');
  return isGone;
}

async function exists({ resource, object }: Desired, { client, signal }: WantedOptions): Promise<boolean> {
  if (resource === undefined) return false;
  try {
    await client.get(resource, keyOf(object), { signal, metadataOnly: true });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
