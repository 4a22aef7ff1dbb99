import { randomFill } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { afterTask, createRegister, isSuspect, refusedForMs, usedMs } from './conduct.ts';
import { decide, type Move, type Policy, type View } from './decide.ts';
import { type MemoryLimits, MIB, overTotal } from './memory.ts';
import { isLargerThan } from './message-size.ts';
import type { Lane, TaskEnd, TaskOptions, WorkerPool, WorkerPoolOptions } from './options.ts';
import { type Ending, keepsThread, nameOfEnd, resultOf, verdictOf } from './task-end.ts';
import { TaskFailed } from './task-failed.ts';
import { createTaskRun, type Job, type TaskRun } from './task-run.ts';
import { startThread, type Thread } from './thread.ts';
import { createWaitingRoom } from './waiting-room.ts';

const PATIENCE_MS = 100;
const QUANTUM_MS = 500;
const FAIR_SHARE_MS = 5_000;
const MAX_DEFAULT_SIZE = 4;

/** A thread, what it does, and in which lane. One of the slow lane has no task but the one it came with. */
interface Seat {
  readonly thread: Thread;
  lane: Lane;
  run: TaskRun | undefined;
  idle: Disposable | undefined;
}

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
  maxOffHeapMiB = 256,
  maxTotalMiB = 640,
  maxInputMiB = 8,
  maxResultMiB = 32,
  idleMs = 30_000,
  onEvent = () => undefined,
}: WorkerPoolOptions): WorkerPool {
  const limits: MemoryLimits = { maxHeapMiB, maxOffHeapMiB, maxTotalMiB, maxResultMiB };
  const policy: Policy = { size, slowSize, patienceMs: PATIENCE_MS, quantumMs: QUANTUM_MS, fairShareMs: FAIR_SHARE_MS };
  const onGone = (job: Job, error: unknown) => settle(job, { ok: false, error }, { end: endOf(error), ranMs: 0 });
  const rooms = { fast: createWaitingRoom({ clock, onGone }), slow: createWaitingRoom({ clock, onGone }) };
  const seats = new Map<number, Seat>();
  const register = createRegister();
  /** Jobs that have used up their second start. */
  const repeated = new WeakSet<Job>();
  const ending = new Set<Promise<unknown>>();
  let started = 0;
  let closed = false;
  let pumping = false;
  let wake: Disposable | undefined;

  startSharedThreads();

  const atWork = () =>
    [...seats.values()].flatMap(({ thread, lane, run }) => (run === undefined ? [] : [{ thread: thread.id, lane, run }]));
  const view = (): View => {
    const nowMs = clock.monotonic();
    const running = atWork();
    const used = (of: string) =>
      running.reduce((sum, { run }) => (run.job.options.of === of ? sum + nowMs - run.startedMs : sum), usedMs(register.of(of), nowMs));
    return {
      fast: { waiting: rooms.fast.size, longestMs: rooms.fast.longestMs(), idleThreads: seats.size - running.length },
      slow: { waiting: rooms.slow.size },
      running: running.map(({ thread, lane, run }) => ({ thread, lane, ranMs: nowMs - run.startedMs, usedMs: used(run.job.options.of) })),
    };
  };

  const open = (lane: Lane): Seat => {
    const thread = startThread({
      id: started++,
      entry,
      limits,
      clock,
      onReady: (startMs) => onEvent({ kind: 'thread-started', startMs }),
      onReply: (reply) => seat.run?.end({ kind: 'reply', reply }),
      onDeath: (death) => {
        if (seat.run === undefined) drop(seat);
        else seat.run.end({ kind: 'death', death });
      },
    });
    const seat: Seat = { thread, lane, run: undefined, idle: undefined };
    if (lane === 'slow') thread.slowDown();
    seats.set(thread.id, seat);
    return seat;
  };
  const drop = (seat: Seat) => {
    seat.idle?.[Symbol.dispose]();
    seats.delete(seat.thread.id);
    const over = seat.thread.end().finally(() => ending.delete(over));
    ending.add(over);
  };
  const rest = (seat: Seat): Seat => {
    seat.idle = clock.after(idleMs, () => drop(seat));
    return seat;
  };
  const resting = (): Seat => [...seats.values()].find(({ run }) => run === undefined) ?? open('fast');

  const start = (seat: Seat) => {
    seat.idle?.[Symbol.dispose]();
    const next = rooms[seat.lane].take();
    if (next === undefined) return void rest(seat);
    const { job, waitedMs } = next;
    seat.run = createTaskRun({ job, thread: seat.thread, clock, limits, onLook: boundTotal, onEnd: (how) => finish(seat, { job, how }) });
    onEvent({ kind: 'started', task: job.task, lane: seat.lane, waitedMs });
    seat.run.begin();
  };
  const boundTotal = () => {
    const largest = overTotal(
      atWork().map(({ run }) => run),
      maxTotalMiB,
    );
    largest?.end({ kind: 'memory', limit: 'total', memory: largest.memory });
  };
  const finish = (seat: Seat, { job, how }: { readonly job: Job; readonly how: Ending }) => {
    const nowMs = clock.monotonic();
    const ranMs = nowMs - (seat.run?.startedMs ?? nowMs);
    const { of, repeatable = false } = job.options;
    const verdict = verdictOf(how);
    seat.run = undefined;
    if (keepsThread(how) && seat.lane === 'fast') rest(seat);
    else drop(seat);
    register.record(of, afterTask(register.of(of), verdict, { ranMs, nowMs }));
    if (how.kind === 'evicted' && repeatable && !repeated.has(job)) {
      repeated.add(job);
      rooms.slow.add(job);
      onEvent({ kind: 'ended', task: job.task, end: 'repeated', ranMs });
    } else {
      const result = resultOf(job.task, how, limits);
      settle(job, result, { end: nameOfEnd(how, result), ranMs });
    }
    if (verdict === 'bad') reseat(of);
    pump();
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
    rooms[isSuspect(conduct) ? 'slow' : 'fast'].add(job);
  };
  const settle = (job: Job, result: ReturnType<typeof resultOf>, { end, ranMs }: { readonly end: TaskEnd; readonly ranMs: number }) => {
    onEvent({ kind: 'ended', task: job.task, end, ranMs });
    if (result.ok) job.resolve(result.value);
    else job.reject(result.error);
  };

  const act = (move: Exclude<Move, { kind: 'rest' }>) => {
    switch (move.kind) {
      case 'use':
        return start(resting());
      case 'open':
        return start(open(move.lane));
      case 'warm':
        return void rest(open('fast'));
      case 'slow-down':
        return slowDown(seats.get(move.thread));
      case 'evict': {
        const run = seats.get(move.thread)?.run;
        return run?.end({ kind: 'evicted', ranMs: clock.monotonic() - run.startedMs });
      }
    }
  };
  const slowDown = (seat: Seat | undefined) => {
    if (seat?.run === undefined) return;
    seat.lane = 'slow';
    seat.thread.slowDown();
    onEvent({ kind: 'slowed', task: seat.run.job.task, ranMs: clock.monotonic() - seat.run.startedMs });
  };
  /** Does what there is to do. What a move causes on the way calls this again, and leaves it to the loop that is at it. */
  const pump = () => {
    if (pumping || closed) return;
    pumping = true;
    wake?.[Symbol.dispose]();
    let move = decide(view(), policy);
    for (; move.kind !== 'rest'; move = decide(view(), policy)) act(move);
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
      const lanes = atWork().map(({ lane }) => lane);
      const running = { fast: lanes.filter((lane) => lane === 'fast').length, slow: lanes.filter((lane) => lane === 'slow').length };
      return { queued: { fast: rooms.fast.size, slow: rooms.slow.size }, running, threads: seats.size };
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      wake?.[Symbol.dispose]();
      for (const job of [...rooms.fast.clear(), ...rooms.slow.clear()]) onGone(job, notStarted(job.task));
      for (const { run } of atWork()) run.end({ kind: 'closed' });
      for (const seat of seats.values()) drop(seat);
      await Promise.all(ending);
    },
  };
}

const notStarted = (task: string) => new TaskFailed(`${task} was not started: the pool is closed`, { kind: 'closed' });

const endOf = (error: unknown): TaskEnd => (error instanceof TaskFailed ? error.kind : 'aborted');

/** The threads that file access of all threads is done by have the priority of whoever needs them first: that has to be this one. */
const startSharedThreads = (): void => randomFill(new Uint8Array(1), () => undefined);
