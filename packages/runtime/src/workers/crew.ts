import type { Clock } from '@gotk/apimachinery';
import type { WorkerEntry } from '@gotk/apimachinery/worker';
import type { MemoryLimits } from './memory.ts';
import type { Lane } from './options.ts';
import type { TaskRun } from './task-run.ts';
import { type Death, startThread, type Thread } from './thread.ts';

/** A task at work in its thread. */
export interface Working {
  readonly thread: number;
  readonly lane: Lane;
  readonly run: TaskRun;
}

/** The threads of a pool. Each is on its way, or rests, or works; whichever it is, it can be ended. */
export interface Crew extends AsyncDisposable {
  readonly size: number;
  readonly idle: number;
  readonly starting: number;
  /** Threads that have been ended and are not gone yet. */
  readonly leaving: number;
  readonly working: readonly Working[];
  /** Starts a thread, which rests when it is there. */
  open(): void;
  /** Gives a thread that rests a task of a lane; false if there is none. */
  engage(lane: Lane, runIn: (thread: Thread) => TaskRun): boolean;
  /** The task goes on in the slow lane. */
  slowDown(thread: number): void;
  /** Its task is over. The thread rests if it is fit to: one that was slowed down is not, because priority cannot be given back. */
  release(thread: number, fit: boolean): void;
}

export interface CrewOptions {
  readonly entry: WorkerEntry;
  readonly clock: Clock;
  readonly limits: MemoryLimits;
  readonly idleMs: number;
  readonly onReady: (startMs: number) => void;
  /** A thread never got as far as to rest. */
  readonly onFailedStart: (death: Death) => void;
}

type Doing =
  | { readonly at: 'start' | 'rest'; readonly until: Disposable }
  | { readonly at: 'work'; readonly lane: Lane; readonly run: TaskRun };

/** Threads are started one at a time: one that hangs must not keep all others from coming. It takes 30 ms, and a second under load. */
const START_DEADLINE_MS = 60_000;

interface Member {
  readonly thread: Thread;
  doing: Doing;
}

export function createCrew({ entry, clock, limits, idleMs, onReady, onFailedStart }: CrewOptions): Crew {
  const members = new Map<number, Member>();
  const leaving = new Set<Promise<unknown>>();
  let opened = 0;

  const drop = (member: Member) => {
    if (member.doing.at !== 'work') member.doing.until[Symbol.dispose]();
    members.delete(member.thread.id);
    const gone = member.thread.end().finally(() => leaving.delete(gone));
    leaving.add(gone);
  };
  const rest = (member: Member) => {
    member.doing = { at: 'rest', until: clock.after(idleMs, () => drop(member)) };
  };
  const onDeath = (member: Member, death: Death) => {
    const { doing } = member;
    if (doing.at === 'work') return doing.run.end({ kind: 'death', death });
    drop(member);
    if (doing.at === 'start') onFailedStart(death);
  };
  const count = (at: Doing['at']) => [...members.values()].filter(({ doing }) => doing.at === at).length;

  return {
    get size() {
      return members.size;
    },
    get idle() {
      return count('rest');
    },
    get starting() {
      return count('start');
    },
    get leaving() {
      return leaving.size;
    },
    get working() {
      return [...members.values()].flatMap(({ thread, doing }) =>
        doing.at === 'work' ? [{ thread: thread.id, lane: doing.lane, run: doing.run }] : [],
      );
    },
    open() {
      const thread = startThread({
        id: opened++,
        entry,
        limits,
        clock,
        onReady: (startMs) => {
          tooLate[Symbol.dispose]();
          rest(member);
          onReady(startMs);
        },
        onReply: (reply) => {
          if (member.doing.at === 'work') member.doing.run.end({ kind: 'reply', reply });
        },
        onDeath: (death) => onDeath(member, death),
      });
      const tooLate = clock.after(START_DEADLINE_MS, () =>
        onDeath(member, { kind: 'error', message: `it took longer than ${START_DEADLINE_MS} ms to start` }),
      );
      const member: Member = { thread, doing: { at: 'start', until: tooLate } };
      members.set(thread.id, member);
    },
    engage(lane, runIn) {
      // The eldest first: those who are needed seldom grow old, and go.
      const member = [...members.values()].find(({ doing }) => doing.at === 'rest');
      if (member?.doing.at !== 'rest') return false;
      member.doing.until[Symbol.dispose]();
      if (lane === 'slow') member.thread.slowDown();
      const run = runIn(member.thread);
      member.doing = { at: 'work', lane, run };
      run.begin();
      return true;
    },
    slowDown(id) {
      const member = members.get(id);
      if (member?.doing.at !== 'work') return;
      member.thread.slowDown();
      member.doing = { ...member.doing, lane: 'slow' };
    },
    release(id, fit) {
      const member = members.get(id);
      if (member?.doing.at !== 'work') return;
      if (fit && member.doing.lane === 'fast') rest(member);
      else drop(member);
    },
    async [Symbol.asyncDispose]() {
      for (const member of members.values()) drop(member);
      await Promise.all(leaving);
    },
  };
}
