import { type Clock, type KubeObject, keyOf, type ObjectKey, renderKey } from '@gotk/apimachinery';
import { type Delta, type Informer, isNotFound, type KubeClient } from '@gotk/kube';
import type { BackOff } from './back-off.ts';
import type { Controller, Wake } from './controller.ts';
import { addFinalizer, hasFinalizer, removeFinalizer } from './finalizer.ts';
import { createFreshest } from './freshest.ts';
import type { Logger } from './log.ts';
import type { ControllerMetrics } from './metrics.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf, readyOutcome, requeueFor } from './outcome-of.ts';
import { createQueue } from './queue.ts';
import type { Recorder } from './recorder.ts';
import { createRun } from './run.ts';
import { createRuns } from './running.ts';
import { statusWriter } from './status-writer.ts';
import { pendingRequest, type StatusBearing, statusAfter } from './summarise.ts';

export interface RunnerOptions<T extends StatusBearing> {
  readonly controller: Controller<T>;
  readonly informer: Informer<T>;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recorder: Recorder;
  readonly metrics: ControllerMetrics;
  readonly backOff: BackOff;
  /** Spreads intervals by this fraction to either side, so that objects created together do not run together for ever. */
  readonly intervalJitter: number;
  readonly random: () => number;
  /** How long running reconciles may go on after the signal aborted. */
  readonly graceMs: number;
}

interface Suspendable {
  readonly spec?: { readonly suspend?: boolean };
}

/** Runs a controller until the signal aborts: takes work from the queue, runs it, writes its status, decides when to look again. */
export async function runController<T extends StatusBearing>(options: RunnerOptions<T>, signal: AbortSignal): Promise<void> {
  const { controller, informer, client, clock, recorder, metrics, backOff } = options;
  const { resource } = controller;
  const log = options.log.with({ controller: controller.name, controllerGroup: resource.group, controllerKind: resource.kind });
  const queue = createQueue({ clock });
  const runs = createRuns();
  const freshest = createFreshest<T>();
  const keys = new Map<string, ObjectKey>();

  const wake = ({ key, priority, supersedes }: Wake) => {
    const text = renderKey(key);
    if (informer.get(key) === undefined) return;
    queue.add(text, { priority });
    if (supersedes === true) runs.overtake(text, 'something newer happened');
  };

  const onDelta = (delta: Delta<T>) => {
    const key = keyOf(delta.object);
    const text = renderKey(key);
    switch (delta.kind) {
      case 'added':
        keys.set(text, key);
        metrics.observe(delta.object);
        return queue.add(text, { priority: isSettled(delta.object) ? 'background' : 'normal' });
      case 'updated':
        metrics.observe(delta.object);
        if (!isIntent(delta.old, delta.object)) return;
        queue.add(text, { priority: 'urgent' });
        if (isNewIntent(delta.old, delta.object)) runs.overtake(text, 'the object was changed');
        return;
      case 'deleted':
        keys.delete(text);
        queue.forget(text);
        backOff.reset(text);
        freshest.forget(text);
        metrics.forget(delta.object);
        return runs.overtake(text, 'the object was deleted');
    }
  };

  const work = async (text: string): Promise<void> => {
    const key = keys.get(text);
    const object = key === undefined ? undefined : freshest.of(text, informer.get(key));
    if (object === undefined) return;
    if ((object as Suspendable).spec?.suspend === true && object.metadata.deletionTimestamp === undefined) {
      return log.info('reconciliation is suspended', { name: object.metadata.name, namespace: object.metadata.namespace });
    }
    const outcome = await reconcileOnce(text, object);
    if (outcome === undefined || signal.aborted) return;
    const requeue = requeueFor(outcome);
    switch (requeue.kind) {
      case 'after':
        backOff.reset(text);
        return queue.add(text, { priority: 'background', afterMs: requeue.jitter ? jittered(requeue.ms) : requeue.ms });
      case 'on-change':
        return backOff.reset(text);
      case 'back-off':
        return queue.add(text, { priority: 'normal', afterMs: backOff.next(text) });
      case 'now':
        return queue.add(text, { priority: 'urgent' });
    }
  };

  const reconcileOnce = async (text: string, found: T): Promise<Outcome | undefined> => {
    const started = clock.monotonic();
    const running = runs.start(text, found.metadata.generation);
    const runLog = log.with({ name: found.metadata.name, namespace: found.metadata.namespace, reconcileID: crypto.randomUUID() });
    const deleting = found.metadata.deletionTimestamp !== undefined;
    let object = found;
    let outcome: Outcome;
    try {
      if (deleting && !hasFinalizer(object)) return undefined;
      if (!deleting && !hasFinalizer(object)) object = await addFinalizer(client, resource, { object, signal: running });
      await using run = createRun({ object, client, resource, clock, recorder, log: runLog, signal: running });
      outcome = await attempt(async () => {
        const problem = deleting ? undefined : controller.validate?.(object);
        if (problem !== undefined) throw problem;
        if (!deleting) return readyOutcome(await controller.reconcile(object, run.context));
        await controller.finalize(object, run.context);
        await removeFinalizer(client, resource, { object: run.status.object, signal: running });
        return readyOutcome({ reason: 'Deleted', message: 'finalized' });
      }, running);
      await run.settle();
      object = run.status.object;
    } catch (error) {
      outcome = outcomeOf(error, running);
    } finally {
      runs.end(text);
    }

    if (outcome.kind !== 'superseded' && !(deleting && outcome.kind === 'ready')) {
      const written = await writeOutcome(object, outcome, runLog);
      freshest.note(text, written ?? object);
      if (written === undefined) outcome = outcomeOf(new Error('failed to write the status'), running);
    } else {
      freshest.note(text, object);
    }
    report(object, outcome, { log: runLog, durationMs: clock.monotonic() - started });
    return deleting && outcome.kind === 'ready' ? undefined : outcome;
  };

  /** The one status write of a run; undefined when the server would not have it. */
  const writeOutcome = async (object: T, outcome: Exclude<Outcome, { kind: 'superseded' }>, runLog: Logger): Promise<T | undefined> => {
    const deadline = AbortSignal.timeout(30_000);
    const writer = statusWriter(object, { client, resource, clock, signal: deadline });
    try {
      await writer.write((current) => statusAfter(current, outcome, clock.now()));
      return writer.object;
    } catch (error) {
      if (isNotFound(error)) return object;
      runLog.error('failed to write the status', error);
      return undefined;
    }
  };

  const report = (object: T, outcome: Outcome, { log: runLog, durationMs }: { readonly log: Logger; readonly durationMs: number }) => {
    metrics.reconciled(object, outcome.kind, durationMs);
    switch (outcome.kind) {
      case 'ready':
        return runLog.info(outcome.ready.message, { durationMs: Math.round(durationMs) });
      case 'superseded':
        return runLog.info('overtaken by newer intent, starting over');
      case 'waiting':
        runLog.info(outcome.on.message, { reason: outcome.on.reason });
        return recordOnce(object, {
          severity: 'info',
          reason: outcome.on.reason,
          message: outcome.on.message,
          metadata: outcome.on.eventMetadata,
        });
      case 'stalled':
      case 'failed':
        runLog.error(`reconciliation ${outcome.kind}: ${outcome.by.reason}`, outcome.by);
        return recordOnce(object, {
          severity: 'error',
          reason: outcome.by.reason,
          message: outcome.by.message,
          metadata: outcome.by.eventMetadata,
        });
    }
  };

  // An object that fails in the same way again says so in its status and in the log; the event was sent the first time.
  const recordOnce = (object: T, event: Parameters<Recorder['record']>[1]) => {
    const known = object.status?.conditions?.find(({ type }) => type === 'Ready');
    if (known?.status === 'False' && known.reason === event.reason && known.message === event.message) return;
    recorder.record(object, event);
  };

  const jittered = (ms: number) => ms * (1 + (options.random() * 2 - 1) * options.intervalJitter);

  using subscriptions = new DisposableStack();
  subscriptions.use(informer.subscribe(onDelta));
  for (const trigger of controller.triggers) subscriptions.use(trigger.subscribe(wake));

  await new Promise<void>((resolve) => {
    const pump = () => {
      while (!signal.aborted && active < controller.concurrency) {
        const text = queue.take();
        if (text === undefined) return;
        active += 1;
        void work(text)
          .catch((error) => log.error('a reconcile escaped its own error handling', error, { key: text }))
          .finally(() => {
            active -= 1;
            queue.done(text);
            pump();
          });
      }
    };
    let active = 0;
    queue.onReady(pump);
    pump();
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  await Promise.race([runs.idle(), clock.sleep(options.graceMs)]);
  runs.overtakeAll('the process is shutting down');
  await runs.idle();
}

async function attempt(run: () => Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    return outcomeOf(error, signal);
  }
}

/** Changes that a person or another controller made on purpose: spec, a reconcile request, deletion. Status writes are not among them. */
function isIntent(old: StatusBearing, now: StatusBearing): boolean {
  return isNewIntent(old, now) || (pendingRequest(now) !== undefined && requestOf(old) !== requestOf(now));
}

const isNewIntent = (old: KubeObject, now: KubeObject) =>
  old.metadata.generation !== now.metadata.generation || old.metadata.deletionTimestamp !== now.metadata.deletionTimestamp;

const requestOf = (object: KubeObject) => object.metadata.annotations?.['reconcile.fluxcd.io/requestedAt'];

/** Ready for its generation and nobody waits: a restart need not hurry. */
function isSettled(object: StatusBearing): boolean {
  return (
    object.status?.observedGeneration === object.metadata.generation &&
    object.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true &&
    pendingRequest(object) === undefined
  );
}
