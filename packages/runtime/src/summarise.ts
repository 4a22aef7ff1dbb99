import type { Condition, KubeObject } from '@gotk/apimachinery';
import type { ConditionUpdate, Outcome, StatusChange } from './outcome.ts';

/** The part of a status that the runtime knows of every kind; the rest belongs to the controller. */
export interface CommonStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  readonly lastHandledReconcileAt?: string;
  readonly [field: string]: unknown;
}

export interface StatusBearing extends KubeObject {
  readonly status?: CommonStatus;
}

const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';

/** The token of a reconcile request that the status does not show as handled. */
export function pendingRequest(object: StatusBearing): string | undefined {
  const token = object.metadata.annotations?.[REQUESTED_AT];
  return token === undefined || token === '' || token === object.status?.lastHandledReconcileAt ? undefined : token;
}

/**
 * The status after a run, as a pure function of the object, the outcome and the time.
 *
 * Guarantees: conditions of other owners are kept; Reconciling and Stalled are there only when True; a transition time moves only with the status of its
 * condition; `observedGeneration` advances only when the run came to an end that kstatus may trust, ready or stalled; a reconcile request counts as handled
 * whatever the outcome, because whoever asked waits for an answer.
 */
export function statusAfter(object: StatusBearing, outcome: Exclude<Outcome, { kind: 'superseded' }>, nowMs: number): CommonStatus {
  const changed = withChange(object, changeOf(outcome), nowMs);
  const conditions = applyUpdates(changed.conditions ?? [], verdict(outcome), { generation: object.metadata.generation, nowMs });
  const settled = outcome.kind === 'ready' || outcome.kind === 'stalled';
  const token = object.metadata.annotations?.[REQUESTED_AT];
  return {
    ...changed,
    conditions,
    ...(settled && object.metadata.generation !== undefined ? { observedGeneration: object.metadata.generation } : {}),
    ...(token === undefined || token === '' ? {} : { lastHandledReconcileAt: token }),
  };
}

/** The status of a run under way: what it says it is doing, and nothing decided yet. */
export function statusInProgress(object: StatusBearing, message: string, nowMs: number): CommonStatus {
  const updates: ConditionUpdate[] = [
    { type: 'Reconciling', status: 'True', reason: 'Progressing', message },
    { type: 'Ready', status: 'Unknown', reason: 'Progressing', message },
  ];
  return {
    ...object.status,
    conditions: applyUpdates(object.status?.conditions ?? [], updates, { generation: object.metadata.generation, nowMs }),
  };
}

/** The status with a controller's own fields and conditions changed, and nothing else. */
export function withChange(object: StatusBearing, change: StatusChange, nowMs: number): CommonStatus {
  const fields = { ...object.status };
  for (const [name, value] of Object.entries(change.fields ?? {})) {
    if (value === undefined) delete fields[name];
    else fields[name] = value;
  }
  const conditions = applyUpdates(fields.conditions ?? [], change.conditions ?? [], { generation: object.metadata.generation, nowMs });
  return conditions.length === 0 ? fields : { ...fields, conditions };
}

function changeOf(outcome: Exclude<Outcome, { kind: 'superseded' }>): StatusChange {
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
function verdict(outcome: Exclude<Outcome, { kind: 'superseded' }>): readonly ConditionUpdate[] {
  switch (outcome.kind) {
    case 'ready': {
      const { reason, message } = outcome.ready;
      return [{ type: 'Ready', status: 'True', reason, message }, absent('Reconciling'), absent('Stalled')];
    }
    case 'waiting': {
      const { reason, message } = outcome.on;
      return [
        { type: 'Ready', status: 'False', reason, message },
        { type: 'Reconciling', status: 'True', reason: 'ProgressingWithRetry', message },
        absent('Stalled'),
      ];
    }
    case 'stalled': {
      const { reason, message } = outcome.by;
      return [
        { type: 'Ready', status: 'False', reason, message },
        { type: 'Stalled', status: 'True', reason, message },
        absent('Reconciling'),
      ];
    }
    case 'failed': {
      const { reason, message } = outcome.by;
      return [
        { type: 'Ready', status: 'False', reason, message },
        { type: 'Reconciling', status: 'True', reason: 'ProgressingWithRetry', message },
        absent('Stalled'),
      ];
    }
  }
}

const absent = (type: string): ConditionUpdate => ({ type, absent: true });

function applyUpdates(
  conditions: readonly Condition[],
  updates: readonly ConditionUpdate[],
  { generation, nowMs }: { readonly generation: number | undefined; readonly nowMs: number },
): readonly Condition[] {
  let next = conditions;
  for (const update of updates) {
    if ('absent' in update) {
      next = next.filter(({ type }) => type !== update.type);
      continue;
    }
    const known = next.find(({ type }) => type === update.type);
    const condition: Condition = {
      ...update,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      // The server keeps whole seconds; comparing finer would rewrite the status on every run.
      lastTransitionTime:
        known?.status === update.status ? known.lastTransitionTime : new Date(nowMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    };
    next = known === undefined ? [...next, condition] : next.map((other) => (other === known ? condition : other));
  }
  return next;
}
