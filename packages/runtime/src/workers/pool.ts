import { randomFill } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { afterTask, createRegister, isSuspect, refusedForMs, usedMs, type Verdict } from './conduct.ts';
import { createCrew, type Working } from './crew.ts';
import { decide, type Move, type Policy, quantumFor, type View } from './decide.ts';
import { type MemoryLimits, MIB, overProcess } from './memory.ts';
import { isLargerThan } from './message-size.ts';
import type { Lane, TaskEnd, TaskOptions, WorkerPool, WorkerPoolOptions } from './options.ts';
import { type Ending, keepsThread, nameOfEnd, resultOf, verdictOf } from './task-end.ts';
import { TaskFailed } from './task-failed.ts';
import { createTaskRun, type Job, type TaskRun } from './task-run.ts';
import { createWaitingRoom } from './waiting-room.ts';

const GIB = 1024 * MIB;
const PATIENCE_MS = 100;
const FAIR_SHARE_MS = 5_000;
const MAX_DEFAULT_SIZE = 4;
const WEIGHT_OF_LAST = 0.1;

/**
 * Threads are ended rather than asked to stop: nothing else helps against a loop. See `decide.ts` for who gets a thread, `conduct.ts` for what is remembered of whom,
 * `memory.ts` for how memory is bounded.
 */
export function createWorkerPool({
  entry,
  clock,
  size = Math.min(MAX_DEFAULT_SIZE, availableParallelism()),
  slowSize = 4,
  maxHeapMiB = 256,
  stackMiB = 4,
  maxOffHeapMiB = 256,
  maxProcessMiB = defaultProcessMiB(),
  maxInputMiB = 8,
  maxResultMiB = 32,
  idleMs = 30_000,
  onEvent = () => undefined,
}: WorkerPoolOptions): WorkerPool {
  const limits: MemoryLimits = { maxHeapMiB, stackMiB, maxOffHeapMiB, maxProcessMiB, maxResultMiB };
  const policy = (): Policy => ({ size, slowSize, patienceMs: PATIENCE_MS, quantumMs: quantumFor(typicalMs), fairShareMs: FAIR_SHARE_MS });
  const onGone = (job: Job, error: unknown) => settle(job, { ok: false, error }, { end: endOf(error), ranMs: 0 });
  const rooms = { fast: createWaitingRoom({ clock, onGone }), slow: createWaitingRoom({ clock, onGone }) };
  const register = createRegister();
  /** Jobs that have used up their second start. */
  const repeated = new WeakSet<Job>();
  /** Jobs that were told that they are slow. */
  const slow = new WeakSet<Job>();
  /** What tasks that succeed take, the last ones above all. */
  let typicalMs = 0;
  let closed = false;
  let pumping = false;
  let wake: Disposable | undefined;

  startSharedThreads();
  const crew = createCrew({
    entry,
    clock,
    limits,
    idleMs,
    onReady: (startMs) => {
      onEvent({ kind: 'thread-started', startMs });
      pump();
    },
    onFailedStart: (death) => {
      // Nobody's fault, but whoever waits should hear of it rather than see one start fail after the other.
      const next = rooms.fast.take() ?? rooms.slow.take();
      if (next !== undefined) finish(next.job, { how: { kind: 'death', death }, ranMs: 0, verdict: 'neutral' });
      pump();
    },
  });

  const view = (): View => {
    const nowMs = clock.monotonic();
    const ranMs = ({ run }: Working) => nowMs - run.startedMs;
    const { working, idle, starting } = crew;
    const usedBy = (of: string) =>
      working.reduce((sum, at) => (at.run.job.options.of === of ? sum + ranMs(at) : sum), usedMs(register.of(of), nowMs));
    return {
      fast: { waiting: rooms.fast.size, longestMs: rooms.fast.longestMs() },
      slow: { waiting: rooms.slow.size },
      running: working.map((at) => {
        const { job } = at.run;
        return { thread: at.thread, lane: at.lane, ranMs: ranMs(at), usedMs: usedBy(job.options.of), repeatable: isRepeatable(job) };
      }),
      idle,
      starting,
    };
  };

  const start = (lane: Lane) => {
    const next = rooms[lane].take();
    if (next === undefined) return;
    const { job, waitedMs } = next;
    onEvent({ kind: 'started', task: job.task, lane, waitedMs });
    crew.engage(lane, (thread) =>
      createTaskRun({
        job,
        thread,
        clock,
        limits,
        onLook: boundProcess,
        onEnd: (how, ranMs) => {
          crew.release(thread.id, keepsThread(how));
          finish(job, { how, ranMs, verdict: how.kind === 'evicted' && isRepeatable(job) ? 'neutral' : verdictOf(how) });
          pump();
        },
      }),
    );
  };
  /** One at a time: memory comes back when the thread has gone. */
  const boundProcess = () => {
    if (crew.leaving > 0) return;
    const largest = overProcess(
      crew.working.map(({ run }) => run),
      { rss: process.memoryUsage.rss(), maxProcessMiB },
    );
    largest?.end({ kind: 'memory', limit: 'process', memory: largest.memory });
  };
  const finish = (job: Job, { how, ranMs, verdict }: { readonly how: Ending; readonly ranMs: number; readonly verdict: Verdict }) => {
    const { of } = job.options;
    if (verdict === 'good') typicalMs += (ranMs - typicalMs) * WEIGHT_OF_LAST;
    register.record(of, afterTask(register.of(of), verdict, { ranMs, nowMs: clock.monotonic() }));
    if (how.kind === 'evicted' && isRepeatable(job)) {
      repeated.add(job);
      queueSlow(job);
      onEvent({ kind: 'ended', task: job.task, end: 'repeated', ranMs });
    } else {
      const result = resultOf(job.task, how, limits);
      settle(job, result, { end: nameOfEnd(how, result), ranMs });
    }
    if (verdict === 'bad') reseat(of);
  };
  /** What else waits of an owner whose task ended badly waits elsewhere, or no longer. */
  const reseat = (of: string) => {
    for (const job of [...rooms.fast.takeAll(of), ...rooms.slow.takeAll(of)]) admit(job);
  };
  const admit = (job: Job) => {
    const conduct = register.of(job.options.of);
    const pauseMs = refusedForMs(conduct, clock.monotonic());
    if (pauseMs > 0)
      return onGone(
        job,
        new TaskFailed(
          `${job.task} was not started: the last ${conduct.strikes} tasks of ${job.options.of} ended with their threads, the next may start in ${Math.ceil(pauseMs / 1_000)} s`,
          { kind: 'refused' },
        ),
      );
    if (isSuspect(conduct)) queueSlow(job);
    else rooms.fast.add(job);
  };
  const queueSlow = (job: Job) => {
    tellSlow(job);
    rooms.slow.add(job);
  };
  const tellSlow = (job: Job) => {
    if (slow.has(job)) return;
    slow.add(job);
    job.options.onSlow?.();
  };
  const isRepeatable = (job: Job) => job.options.repeatable === true && !repeated.has(job);
  const settle = (job: Job, result: ReturnType<typeof resultOf>, { end, ranMs }: { readonly end: TaskEnd; readonly ranMs: number }) => {
    onEvent({ kind: 'ended', task: job.task, end, ranMs });
    if (result.ok) job.resolve(result.value);
    else job.reject(result.error);
  };

  const act = (move: Exclude<Move, { kind: 'rest' }>) => {
    switch (move.kind) {
      case 'use':
        return start(move.lane);
      case 'open':
        return crew.open();
      case 'slow-down':
        crew.slowDown(move.thread);
        return onTaskAt(move.thread, ({ job }, ranMs) => {
          onEvent({ kind: 'slowed', task: job.task, ranMs });
          tellSlow(job);
        });
      case 'evict':
        return onTaskAt(move.thread, (run, ranMs) => run.end({ kind: 'evicted', ranMs }));
    }
  };
  const onTaskAt = (thread: number, then: (run: TaskRun, ranMs: number) => void) => {
    const run = crew.working.find((at) => at.thread === thread)?.run;
    if (run !== undefined) then(run, clock.monotonic() - run.startedMs);
  };
  /** Does what there is to do. What a move causes on the way calls this again, and leaves it to the loop that is at it. */
  const pump = () => {
    if (pumping || closed) return;
    pumping = true;
    wake?.[Symbol.dispose]();
    let move = decide(view(), policy());
    for (; move.kind !== 'rest'; move = decide(view(), policy())) act(move);
    wake = move.againMs === undefined ? undefined : clock.after(move.againMs, pump);
    pumping = false;
  };

  return {
    run<Input, Result>(task: string, input: Input, options: TaskOptions): Promise<Result> {
      return new Promise<Result>((resolve, reject) => {
        options.signal.throwIfAborted();
        const job: Job = { task, input, options, resolve: (value) => resolve(value as Result), reject };
        if (closed) return onGone(job, notStarted(task));
        if (isLargerThan(input, maxInputMiB * MIB, options.transfer))
          return onGone(job, new TaskFailed(`${task} was given more than ${maxInputMiB} MiB`, { kind: 'too-large' }));
        admit(job);
        pump();
      });
    },
    stats() {
      const count = (lane: Lane) => crew.working.filter((at) => at.lane === lane).length;
      return {
        queued: { fast: rooms.fast.size, slow: rooms.slow.size },
        running: { fast: count('fast'), slow: count('slow') },
        threads: crew.size,
      };
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      wake?.[Symbol.dispose]();
      for (const job of [...rooms.fast.clear(), ...rooms.slow.clear()]) onGone(job, notStarted(job.task));
      for (const { run } of crew.working) run.end({ kind: 'closed' });
      await crew[Symbol.asyncDispose]();
    },
  };
}

const notStarted = (task: string) => new TaskFailed(`${task} was not started: the pool is closed`, { kind: 'closed' });

const endOf = (error: unknown): TaskEnd => (error instanceof TaskFailed ? error.kind : 'aborted');

/** The rest is for what a limit that is kept by looking can be overstepped by. */
const defaultProcessMiB = (): number => Math.round((0.7 * Math.min(process.constrainedMemory() || GIB, GIB)) / MIB);

/** The threads that file access of all threads is done by have the priority of whoever needs them first: that has to be this one. */
const startSharedThreads = (): void => randomFill(new Uint8Array(1), () => undefined);
