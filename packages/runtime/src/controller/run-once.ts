import { type Clock, deadlineSignal, type KubeObject } from '@gotk/apimachinery';
import { ApiError, isNotFound, type KubeClient } from '@gotk/kube';
import type { Recorder } from '../events/recorder.ts';
import type { Logger } from '../log/log.ts';
import type { Redact } from '../log/presentable.ts';
import { pendingRequest } from '../status/requests.ts';
import { statusOf } from '../status/status.ts';
import { statusWriter } from '../status/status-writer.ts';
import { type Seen, type Settled, seenIn, statusAfter } from '../status/summarise.ts';
import type { Span } from '../tracing/span.ts';
import type { Controller } from './controller.ts';
import { addFinalizer, hasFinalizer, removeFinalizer } from './finalizer.ts';
import { Failed, type Outcome, Superseded } from './outcome.ts';
import { outcomeOf, readyOutcome } from './outcome-of.ts';
import type { Woken } from './reconcile.ts';
import { createRun, type Run } from './run.ts';

export interface RunOnceOptions<T extends KubeObject> {
  readonly controller: Controller<T>;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly log: Logger;
  /** Who the API server shall say wrote the status and the finalizer. */
  readonly fieldManager: string;
  /** What it waits for may come in a moment: a wait need not be written yet, unless somebody has asked for an answer. */
  readonly patient: boolean;
  /** Keeps the Secrets of the object's namespace out of what it says. */
  readonly redact?: Redact | undefined;
  /** Aborts the run with `Superseded`. */
  readonly signal: AbortSignal;
  /** What the run shows as in a trace. */
  readonly span?: Span;
  /** What made the object run; absent: somebody asks now. */
  readonly woken?: Woken;
  /** Begins a wait for strangers, which is disposed when it ends. */
  readonly wait?: () => Disposable;
}

/** How one run of one object went. */
export interface Ended<T extends KubeObject> {
  readonly outcome: Outcome;
  /** The object as last read or written. */
  readonly object: T;
  /**
   * `held`: a wait that was not written yet. `finalized`: there is nothing left to look at. `gone`: the server says that it was deleted or replaced, which a
   * watch is about to confirm. `unwritten`: the server has not taken the status.
   */
  readonly status: 'written' | 'held' | 'superseded' | 'unwritten' | 'finalized' | 'gone';
}

/** A status write must not be cut short by what ended the run, nor hold a worker for ever. */
const WRITE_TIMEOUT_MS = 30_000;

/**
 * Runs one object once: finalizer, validation, reconcile or finalize, and the one status write at the end. Never throws.
 * Undefined when there was nothing to do: the object is being deleted and we have no part in it, or it is static and looks like it.
 */
export async function runOnce<T extends KubeObject>(found: T, options: RunOnceOptions<T>): Promise<Ended<T> | undefined> {
  const deleting = found.metadata.deletionTimestamp !== undefined;
  if (deleting && !hasFinalizer(found)) return undefined;
  const { controller, signal } = options;
  const target = { ...options, resource: controller.resource, remembers: controller.remembers };
  if (!deleting && controller.isStatic?.(found) === true) return isBare(found) ? undefined : await layBare(found, target);
  const seen = seenIn(found, controller.requests);
  let object = found;
  let isOutdated = false;
  const outcome = await attempt(signal, async () => {
    if (!deleting && controller.finalize !== undefined) object = await addFinalizer(found, target);
    const run = createRun({ ...target, object, conditions: controller.conditions, requests: controller.requests });
    try {
      return await (deleting ? finalize(run, target) : reconcile(run, target));
    } finally {
      await run.settle();
      ({ object, isOutdated } = run.status);
    }
  });
  if (isOutdated) return { outcome: { kind: 'superseded' }, object, status: 'superseded' };
  if (deleting && outcome.kind === 'ready') return { outcome, object, status: 'finalized' };
  if (outcome.kind === 'superseded') return { outcome, object, status: 'superseded' };
  if (outcome.kind === 'waiting' && options.patient && pendingRequest(found) === undefined) return { outcome, object, status: 'held' };
  return writeOutcome(object, { outcome, seen }, target);
}

type Target<T extends KubeObject> = RunOnceOptions<T> &
  Pick<Controller<T>, 'resource'> & { readonly remembers?: Controller<T>['remembers'] | undefined };

async function reconcile<T extends KubeObject>(run: Run<T>, { controller }: Target<T>): Promise<Outcome> {
  const problem = controller.validate?.(run.status.object);
  if (problem !== undefined) throw problem;
  return readyOutcome(await controller.reconcile(run.status.object, run.context));
}

async function finalize<T extends KubeObject>(run: Run<T>, target: Target<T>): Promise<Outcome> {
  // Without anything to undo there is one still on objects that an earlier release has seen.
  await target.controller.finalize?.(run.status.object, run.context);
  await removeFinalizer(run.status.object, target);
  return readyOutcome({ reason: 'Deleted', message: 'finalized' });
}

/**
 * Not bare either is the observed generation of -1 that the schemas give an object that was never reconciled: by the rules of kstatus, by which the `flux` CLI and
 * appliers wait, it is one that somebody is about to reconcile.
 */
const isBare = (object: KubeObject): boolean => !hasFinalizer(object) && Object.keys(statusOf(object)).length === 0;

/** Takes away from a static object what another life left on it. The finalizer goes last: until then it says that there is something left to do. */
async function layBare<T extends KubeObject>(found: T, target: Target<T>): Promise<Ended<T>> {
  let object = found;
  const outcome = await attempt(target.signal, async () => {
    const run = createRun({ ...target, object: found, conditions: target.controller.conditions });
    try {
      if (hasFinalizer(found)) await target.controller.finalize?.(found, run.context);
      await run.status.write(() => ({}));
      await removeFinalizer(run.status.object, target);
      return readyOutcome({ reason: 'Static', message: 'the object is static: it has no status any more' });
    } finally {
      await run.settle();
      object = run.status.object;
    }
  });
  if (outcome.kind === 'superseded') return { outcome, object, status: 'superseded' };
  return { outcome, object, status: outcome.kind === 'ready' ? 'finalized' : 'unwritten' };
}

async function attempt(signal: AbortSignal, run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    return outcomeOf(error, signal);
  }
}

interface Answer {
  readonly outcome: Settled;
  readonly seen: Seen;
}

/** Writes what the outcome says of the object. One that the server will never take is replaced by a failure that says so. */
async function writeOutcome<T extends KubeObject>(object: T, { outcome, seen }: Answer, target: Target<T>): Promise<Ended<T>> {
  const { clock, log, redact } = target;
  using deadline = deadlineSignal({ timeoutMs: WRITE_TIMEOUT_MS, clock });
  const writer = statusWriter(object, { ...target, signal: deadline.signal });
  let written = outcome;
  const { conditions: owned } = target.controller;
  const write = () => writer.write((current) => statusAfter(current, written, { seen, nowMs: clock.now(), owned, redact }));
  try {
    await write().catch((error) => {
      if (!isRefusal(error)) throw error;
      log.error('the server did not take the status, writing that instead', error);
      // What the run had to say does not fit or does not match the schema. Whoever waits for an answer gets this one.
      written = unwritable(error);
      return write();
    });
    return { outcome: written, object: writer.object, status: 'written' };
  } catch (error) {
    if (writer.isOutdated) return { outcome: { kind: 'superseded' }, object: writer.object, status: 'superseded' };
    if (isGone(error)) return { outcome, object, status: 'gone' };
    log.error('failed to write the status', error);
    return { outcome: written, object: writer.object, status: 'unwritten' };
  }
}

const isGone = (error: unknown): boolean => isNotFound(error) || error instanceof Superseded;

/** The server is well and will never take this status: invalid, or larger than an object may be (a plain 500 from etcd). */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status === 500 || (error.status < 500 && ![404, 409, 429].includes(error.status));
}

function unwritable(error: unknown): Settled {
  const message = `failed to store the status: ${error instanceof Error ? error.message : String(error)}`;
  return { kind: 'failed', by: new Failed({ reason: 'ReconciliationFailed', message, cause: error }) };
}
