import { ConditionType, Reason } from '@gotk/api';
import type { KubeObject } from '@gotk/apimachinery';
import type { ConditionUpdate, Outcome, StatusChange } from '../controller/outcome.ts';
import type { Redact } from '../log/presentable.ts';
import { type OwnedConditions, updateConditions } from './conditions.ts';
import { type ExtraRequest, handledRequests } from './requests.ts';
import { type CommonStatus, conditionsOf, statusOf } from './status.ts';

export type Settled = Exclude<Outcome, { kind: 'superseded' }>;

/** What a run started from: the intent that its outcome answers, whatever the object has become meanwhile. */
export interface Seen {
  readonly generation: number | undefined;
  /** Status fields that record the requests that the run answers. */
  readonly handled: Readonly<Record<string, string>>;
}

export const seenIn = (object: KubeObject, requests: readonly ExtraRequest[] = []): Seen => ({
  generation: object.metadata.generation,
  handled: handledRequests(object, requests),
});

interface At {
  readonly seen: Seen;
  readonly nowMs: number;
  readonly owned?: OwnedConditions | undefined;
  readonly redact?: Redact | undefined;
}

/**
 * The status after a run, as a pure function of the object as it is now, the outcome, what the run had seen, and the time.
 *
 * Guarantees: conditions of other owners are kept; Reconciling and Stalled are there only when True; `observedGeneration` advances only when the run came
 * to an end that kstatus may trust, ready or stalled, and only to the generation that the run had seen; a reconcile request counts as handled whatever the
 * outcome, because whoever asked waits for an answer.
 */
export function statusAfter(object: KubeObject, outcome: Settled, at: At): CommonStatus {
  const { generation, handled } = at.seen;
  const change = changeOf(outcome);
  const named = change.conditions ?? [];
  const over = overcome(outcome, at.owned).filter(({ type }) => !named.some((each) => each.type === type));
  const conditions = [...over, ...named, ...verdict(outcome)];
  const settled = outcome.kind === 'ready' || outcome.kind === 'stalled';
  return {
    ...withChange(object, { ...change, conditions }, at),
    ...(settled && generation !== undefined ? { observedGeneration: generation } : {}),
    ...handled,
  };
}

/** A run that came to an end has found whatever is wrong: what it does not name is over. One that waits may not have come that far. */
function overcome({ kind }: Settled, owned: OwnedConditions = {}): readonly ConditionUpdate[] {
  if (kind === 'waiting') return [];
  return Object.entries(owned).flatMap(([type, meaning]) => (meaning === 'negative' ? [absent(type)] : []));
}

/** The status of a run under way: what it says it is doing, and nothing decided yet. */
export function statusInProgress(object: KubeObject, message: string, at: At): CommonStatus {
  const conditions: ConditionUpdate[] = [
    { type: ConditionType.Reconciling, status: 'True', reason: Reason.Progressing, message },
    { type: ConditionType.Ready, status: 'Unknown', reason: Reason.Progressing, message },
    absent(ConditionType.Stalled),
  ];
  return withChange(object, { conditions }, at);
}

/** The status with a controller's own fields and conditions changed, and nothing else. */
export function withChange(object: KubeObject, change: StatusChange, { seen, nowMs, owned = {}, redact }: At): CommonStatus {
  const stranger = change.conditions?.find(({ type }) => !COMMON.has(type) && !Object.hasOwn(owned, type));
  if (stranger !== undefined) throw new TypeError(`condition '${stranger.type}' is not one that the controller declares as its own`);
  const fields = new Map(Object.entries(statusOf(object)));
  for (const [name, value] of Object.entries(change.fields ?? {})) {
    if (value === undefined) fields.delete(name);
    else fields.set(name, value);
  }
  const conditions = updateConditions(conditionsOf(object), change.conditions ?? [], { generation: seen.generation, nowMs, redact });
  if (conditions.length > 0) fields.set('conditions', conditions);
  else fields.delete('conditions');
  return Object.fromEntries(fields);
}

function changeOf(outcome: Settled): StatusChange {
  switch (outcome.kind) {
    case 'ready':
      return outcome.ready;
    case 'waiting':
      return outcome.on.change;
    case 'stalled':
    case 'failed':
      return outcome.by.change;
  }
}

/** Ready, Reconciling and Stalled follow from the outcome alone. */
function verdict(outcome: Settled): readonly ConditionUpdate[] {
  switch (outcome.kind) {
    case 'ready': {
      const { reason, message } = outcome.ready;
      return [
        { type: ConditionType.Ready, status: 'True', reason, message },
        absent(ConditionType.Reconciling),
        absent(ConditionType.Stalled),
      ];
    }
    case 'stalled': {
      const { reason, message } = outcome.by;
      return [
        { type: ConditionType.Ready, status: 'False', reason, message },
        { type: ConditionType.Stalled, status: 'True', reason, message },
        absent(ConditionType.Reconciling),
      ];
    }
    case 'waiting':
    case 'failed': {
      const { reason, message } = outcome.kind === 'waiting' ? outcome.on : outcome.by;
      return [
        { type: ConditionType.Ready, status: 'False', reason, message },
        { type: ConditionType.Reconciling, status: 'True', reason: Reason.ProgressingWithRetry, message },
        absent(ConditionType.Stalled),
      ];
    }
  }
}

const COMMON: ReadonlySet<string> = new Set([ConditionType.Ready, ConditionType.Reconciling, ConditionType.Stalled]);

const absent = (type: string): ConditionUpdate => ({ type, absent: true });
