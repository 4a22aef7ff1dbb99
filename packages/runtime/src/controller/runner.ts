import { type Clock, type KubeObject, keyOf, type ObjectKey, renderKey } from '@gotk/apimachinery';
import type { SecretMasks } from '@gotk/auth';
import type { Delta, Informer, KubeClient } from '@gotk/kube';
import type { Recorder } from '../events/recorder.ts';
import type { Logger } from '../log/log.ts';
import type { ControllerMetrics } from '../metrics/metrics.ts';
import { meteredQueue } from '../metrics/queue.ts';
import { isSuspended } from '../status/status.ts';
import { tracedClient } from '../tracing/client.ts';
import { tracedRecorder } from '../tracing/recorder.ts';
import { traceRun } from '../tracing/run.ts';
import { noSpan, type Span } from '../tracing/span.ts';
import type { BackOff } from './back-off.ts';
import type { Controller, Wake } from './controller.ts';
import { createFreshest } from './freshest.ts';
import { intentOf, isSettled } from './intent.ts';
import { requeueFor } from './outcome-of.ts';
import { createPace } from './pace.ts';
import { createPlaces } from './places.ts';
import { createQueue, type Taken } from './queue.ts';
import { report } from './report.ts';
import { type Ended, runOnce } from './run-once.ts';
import { createRuns } from './runs.ts';

export interface RunnerOptions<T extends KubeObject> {
  readonly controller: Controller<T>;
  readonly informer: Informer<T>;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recorder: Recorder;
  /** What is known of each namespace's Secrets. */
  readonly masks: SecretMasks;
  readonly metrics: ControllerMetrics;
  readonly backOff: BackOff;
  readonly fieldManager: string;
  /** Spreads intervals by this fraction to either side, so that objects created together do not run together for ever. */
  readonly intervalJitter: number;
  readonly random: () => number;
  /** Where runs show as traces; absent: nowhere. */
  readonly traces?: Span | undefined;
}

/** A controller at work. */
export interface Runner extends Disposable {
  /** No object is run from here on. */
  stop(): void;
  /** The API server is well again: what failed since then need not wait for its back-off, but comes within a second or so. */
  recover(sinceMs: number): void;
  /** Aborts the runs in progress: level-based, they are safe to end anywhere. */
  abort(why: string): void;
  /** Resolves when no run is left. */
  idle(): Promise<void>;
}

/** An object that is there, and what is remembered of it between its runs; times are monotonic milliseconds. */
interface Known {
  readonly key: ObjectKey;
  /** The generation as of which the log has said that it is suspended. */
  suspendedGeneration?: number | undefined;
  waitingSinceMs?: number | undefined;
  /** It failed, and has not succeeded since. */
  failedAtMs?: number | undefined;
  /** Its last run kept its place for long. */
  isSlow?: boolean;
}

/** A wait that ends sooner, because what was waited for was about to come, is worth neither a status nor an event. */
const WAIT_GRACE_MS = 1_000;
/** A finalized object that is there still was not let go: whoever said that it is gone did not know of it. */
const GONE_GRACE_MS = 10_000;
/** Slow runs at once, for each that runs at once otherwise: what they cost while they wait is a connection and a timer. */
const SLOW_RUNS_PER_PLACE = 8;
/** Whoever comes back from an outage is not greeted by everybody at once. */
const RECOVERY_SPREAD_MS = 1_000;

/**
 * Starts a controller: every object of the informer runs once, and again whenever its intent changes, a trigger wakes it, its last outcome asks for it or
 * its interval ends. Takes work from the queue, runs it, writes its status, decides when to look again.
 */
export function startRunner<T extends KubeObject>(options: RunnerOptions<T>): Runner {
  const { controller, informer, client, clock, metrics, backOff } = options;
  const { group: controllerGroup, kind: controllerKind } = controller.resource;
  const log = options.log.with({ controller: controller.name, controllerGroup, controllerKind });
  const queue = meteredQueue(createQueue({ clock }), metrics.queue, clock);
  const pace = createPace({ clock });
  const runs = createRuns();
  const freshest = createFreshest<T>();
  const known = new Map<string, Known>();
  let stopped = false;
  let subscribed = false;

  const wake = (wake: Wake) => {
    const found = 'key' in wake ? [wake.key] : informer.byIndex(wake.index, wake.value).map(keyOf);
    for (const key of found) wakeOne(renderKey(key), wake);
  };
  const wakeOne = (text: string, { priority, supersedes }: Pick<Wake, 'priority' | 'supersedes'>) => {
    // What a trigger tells of while it is being subscribed to was there before: every object is about to see it anyway.
    if (!subscribed || !known.has(text)) return;
    if (supersedes === true) runs.overtake(text, 'something that it depends on changed');
    queue.add(text, { priority });
  };

  const onDelta = (delta: Delta<T>) => {
    const { object } = delta;
    const key = keyOf(object);
    const text = renderKey(key);
    switch (delta.kind) {
      case 'added':
        known.set(text, { key });
        metrics.observe(object);
        return queue.add(text, { priority: isSettled(object) ? 'background' : 'normal' });
      case 'updated': {
        metrics.observe(object);
        freshest.seen(text, object);
        const intent = intentOf(delta.old, object);
        if (intent === 'overtake') runs.overtake(text, 'the object was changed');
        return intent === 'none' ? undefined : queue.add(text, { priority: 'urgent' });
      }
      case 'deleted':
        runs.overtake(text, 'the object was deleted');
        known.delete(text);
        queue.forget(text);
        backOff.reset(text);
        pace.forget(text);
        freshest.forget(text);
        return metrics.forget(object);
    }
  };

  /** Resolves with whether the object was looked at, and is well. */
  const work = async ({ key: text, priority, wokenAtMs }: Taken): Promise<boolean> => {
    const its = known.get(text);
    const cached = its === undefined ? undefined : informer.get(its.key);
    if (its === undefined || cached === undefined) return false;
    const object = freshest.of(text, cached);
    const { name, namespace, generation, deletionTimestamp } = object.metadata;
    if (isSuspended(object) && deletionTimestamp === undefined) {
      if (its.suspendedGeneration !== generation) log.info('reconciliation is suspended', { name, namespace });
      its.suspendedGeneration = generation;
      return false;
    }
    its.suspendedGeneration = undefined;
    const delayMs = pace.delayMs(text);
    if (delayMs > 0) {
      queue.add(text, { priority, afterMs: delayMs });
      return false;
    }
    const started = clock.monotonic();
    const reconcileID = crypto.randomUUID();
    const runLog = log.with({ name, namespace, reconcileID });
    const patient = started - (its.waitingSinceMs ?? started) < WAIT_GRACE_MS;
    try {
      const signal = runs.start(text);
      let { recorder } = options;
      const { redact } = options.masks.of(namespace ?? '');
      const run = (span: Span) => {
        recorder = tracedRecorder(recorder, span);
        const woken = { atMs: wokenAtMs, priority };
        const own = { recorder, log: runLog, patient, span, redact, signal, woken, wait: () => places.wait(text) };
        return runOnce(object, { ...options, ...own, client: tracedClient(client, span) });
      };
      const ended = await traceRun(options.traces ?? noSpan, object, { reconcileID, work: run });
      if (ended === undefined) return false;
      its.waitingSinceMs = ended.outcome.kind === 'waiting' ? (its.waitingSinceMs ?? started) : undefined;
      if (ended.status !== 'held') report(object, ended.outcome, { log: runLog, recorder });
      metrics.reconciled(object, ended.outcome.kind, clock.monotonic() - started);
      if (known.has(text)) {
        if (ended.object !== cached) freshest.note(text, ended.object);
        lookAgain(text, its, ended);
      } else metrics.forget(object);
      return ended.outcome.kind === 'ready';
    } finally {
      // Last: whoever waits until nothing runs counts on everything having been reported.
      runs.end(text);
    }
  };

  const lookAgain = (text: string, its: Known, { outcome, status }: Ended<T>) => {
    // That it has gone is for the watch to say: what it forgets is not looked at again.
    if (status === 'finalized') return queue.add(text, { priority: 'background', afterMs: GONE_GRACE_MS });
    if (status === 'held') return queue.add(text, { priority: 'normal', afterMs: WAIT_GRACE_MS });
    // That it is gone is believed when the watch says so: a server that is behind does not know yet what was just created.
    const requeue = status === 'unwritten' || status === 'gone' ? ({ kind: 'back-off' } as const) : requeueFor(outcome);
    its.failedAtMs = requeue.kind === 'back-off' || outcome.kind === 'failed' ? clock.monotonic() : undefined;
    if (requeue.kind === 'after' || requeue.kind === 'on-change') backOff.reset(text);
    switch (requeue.kind) {
      case 'after':
        return queue.add(text, { priority: 'background', afterMs: requeue.jitter ? jittered(requeue.ms) : requeue.ms });
      case 'on-change':
        return;
      case 'back-off':
        return queue.add(text, { priority: 'normal', afterMs: backOff.next(text) });
      case 'now':
        return queue.add(text, { priority: 'urgent' });
    }
  };

  const jittered = (ms: number) => ms * (1 + (options.random() * 2 - 1) * options.intervalJitter);

  const begin = (taken: Taken) => {
    if (stopped) return;
    void work(taken)
      .catch((error) => {
        metrics.panicked();
        log.error('a run escaped its own error handling', error, { key: taken.key });
        return false;
      })
      .then((isWell) => {
        const isSlow = places.leave(taken.key, { isWell });
        const its = known.get(taken.key);
        if (its !== undefined) its.isSlow = isSlow;
        queue.done(taken.key);
        pump();
      });
  };

  /** Whoever has asked since it was taken wants to know how things are now, and this run is the answer. */
  const wokenNow = ({ key, priority }: Taken): Taken => ({
    key,
    priority: priority === 'background' ? 'normal' : priority,
    wokenAtMs: clock.monotonic(),
  });

  const pump = () => {
    while (!stopped && places.hasRoom(queue.depth > 0)) {
      const taken = queue.take();
      if (taken === undefined) break;
      const its = known.get(taken.key);
      const object = its && informer.get(its.key);
      places.enter(taken.key, {
        isSlow: its?.isSlow === true,
        isRetry: its?.failedAtMs !== undefined,
        waits: object !== undefined && controller.waitsForStrangers?.(object) === true,
        begin: (isLate) => begin(isLate ? wokenNow(taken) : taken),
      });
    }
    metrics.load({ queued: queue.depth + places.parked, active: places.active });
  };
  const places = createPlaces({
    clock,
    size: controller.concurrency,
    slowSize: controller.waitsForStrangers === undefined ? 0 : controller.concurrency * SLOW_RUNS_PER_PLACE,
    end: (key) => runs.overtake(key, 'it took long while others waited'),
    onRoom: () => pump(),
  });
  let pumping = false;
  // Not at once: whoever adds to the queue may be in the middle of telling everybody about one change.
  queue.onReady(() => {
    if (pumping) return;
    pumping = true;
    queueMicrotask(() => {
      pumping = false;
      pump();
    });
  });

  const subscriptions = new DisposableStack();
  subscriptions.use(queue);
  subscriptions.use(places);
  subscriptions.use(informer.subscribe(onDelta));
  for (const trigger of controller.triggers) {
    subscriptions.use(trigger.subscribe(wake, (error) => log.error('a trigger failed on one object', error, { trigger: trigger.name })));
  }
  subscribed = true;

  return {
    stop() {
      stopped = true;
    },
    recover(sinceMs) {
      for (const [text, { failedAtMs }] of known)
        if (failedAtMs !== undefined && failedAtMs >= sinceMs)
          queue.add(text, { priority: 'normal', afterMs: 1 + options.random() * RECOVERY_SPREAD_MS });
    },
    abort: (why) => runs.overtakeAll(why),
    idle: () => runs.idle(),
    [Symbol.dispose]: () => subscriptions.dispose(),
  };
}
