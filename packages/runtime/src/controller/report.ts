import type { KubeObject } from '@gotk/apimachinery';
import { ApiError, ConnectionError, NoMatch } from '@gotk/kube';
import type { EventDraft } from '../events/events.ts';
import type { Recorder } from '../events/recorder.ts';
import type { Logger } from '../log/log.ts';
import { pendingRequest } from '../status/requests.ts';
import { conditionOf } from '../status/status.ts';
import type { Failed, Outcome, Stalled, Waiting } from './outcome.ts';

export interface Reporters {
  readonly log: Logger;
  readonly recorder: Recorder;
}

/** Tells the log, and whoever reads events, how a run of `before` ended. */
export function report(before: KubeObject, outcome: Outcome, { log, recorder }: Reporters): void {
  logOutcome(outcome, log);
  const event = eventFor(before, outcome);
  if (event !== undefined) recorder.record(before, event);
}

/**
 * The event that reports an outcome, if there is news. Every failure is: its back-off spaces it out, and the recorder counts those that are alike.
 * What an object waits for or is stalled by is news once, and to whoever asked for the run. That of a success is the controller's to send: it knows what
 * changed.
 */
export function eventFor(before: KubeObject, outcome: Outcome): EventDraft | undefined {
  switch (outcome.kind) {
    case 'ready':
    case 'superseded':
      return undefined;
    case 'waiting':
      return isNews(before, outcome.on) ? eventOf(outcome.on, 'info') : undefined;
    case 'stalled':
      return isNews(before, outcome.by) ? eventOf(outcome.by, 'error') : undefined;
    case 'failed':
      return eventOf(outcome.by, 'error');
  }
}

function logOutcome(outcome: Outcome, log: Logger): void {
  switch (outcome.kind) {
    case 'ready':
      log.info(outcome.ready.message, { reason: outcome.ready.reason });
      break;
    case 'superseded':
      log.info('overtaken by newer intent');
      break;
    case 'waiting':
      log.info(outcome.on.message, { reason: outcome.on.reason });
      break;
    case 'stalled':
      log.error('reconciliation is stalled until the object changes', outcome.by, { reason: outcome.by.reason });
      break;
    case 'failed':
      log.error('reconciliation failed', outcome.by, {
        reason: outcome.by.reason,
        ...(outcome.unforeseen ? stackOf(outcome.by.cause) : {}),
      });
      break;
  }
}

function isNews(before: KubeObject, { reason, message }: Waiting | Stalled): boolean {
  const ready = conditionOf(before, 'Ready');
  return pendingRequest(before) !== undefined || ready?.status !== 'False' || ready.reason !== reason || ready.message !== message;
}

function eventOf({ reason, message, eventMetadata }: Waiting | Stalled | Failed, severity: EventDraft['severity']): EventDraft {
  return { severity, reason, message, metadata: eventMetadata };
}

/** Where an error came from. What the API server, the network or the system answers explains itself. */
function stackOf(cause: unknown): { readonly stacktrace?: string } {
  if (!(cause instanceof Error) || cause instanceof ApiError || cause instanceof ConnectionError || cause instanceof NoMatch) return {};
  return 'code' in cause || cause.stack === undefined ? {} : { stacktrace: cause.stack };
}
