import type { KubeObject } from '@gotk/apimachinery';
import { pendingRequest, requestOf } from '../status/requests.ts';
import { isCurrent } from '../status/status.ts';

/** What a change of an object asks for: nothing (a status was written), another run, or a run that overtakes the one under way. */
export type Intent = 'none' | 'run' | 'overtake';

/** Upstream's predicates: generation (suspension is part of the spec), deletion, and a new reconcile request. */
export function intentOf(old: KubeObject, now: KubeObject): Intent {
  if (old.metadata.generation !== now.metadata.generation || old.metadata.deletionTimestamp !== now.metadata.deletionTimestamp)
    return 'overtake';
  return requestOf(old) !== requestOf(now) && pendingRequest(now) !== undefined ? 'run' : 'none';
}

/** Ready for its generation, with nobody waiting for an answer: a look at it can wait for everybody else's work. */
export const isSettled = (object: KubeObject): boolean => isCurrent(object) && pendingRequest(object) === undefined;
