import type { RequestRecord } from '../request-trace.ts';
import { type LoopLimits, noHotLoop, type Run } from './hot-loop.ts';
import { noOrphan, type StatusClaim, truthfulStatus } from './objects.ts';
import { loopStaysFree, type MemoryLevel, memoryReturns, noCanary, nothingUnhandled } from './process-health.ts';
import { type Effects, effectsOnce, eventuallyStable, noWrongDelete, type Stability, writesOnlyAs } from './writes.ts';

/** What was seen of a controller under fault. */
export interface Records {
  /** The controller's own, from a proxy's trace or an audit log. */
  readonly requests: readonly RequestRecord[];
  readonly runs: readonly Run[];
  /** Older requests that the trace no longer has. */
  readonly forgotten?: number;
  readonly claims?: readonly StatusClaim[];
  readonly made?: readonly { readonly name: string; readonly ownerUid: string | undefined }[];
  readonly owners?: ReadonlySet<string>;
  readonly loop?: { readonly p99Ms: number };
  readonly memory?: MemoryLevel;
  /** By place: log, events, statuses. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly unhandled?: readonly unknown[];
}

/** What it is held to. An invariant without an expectation, or without what it is checked on, is not checked. */
export interface Expectations {
  readonly stable?: Stability;
  readonly mayDelete?: (deletion: RequestRecord) => boolean;
  readonly effects?: Effects;
  readonly user?: string;
  readonly canaries?: readonly string[];
  readonly loopLimits?: LoopLimits;
  readonly maxLoopDelayMs?: number;
}

/**
 * The invariants that hold whatever the fault was: all violations, as sentences that begin with the invariant's number; none when all is
 * well.
 *
 * I1 stable in the end, I2 no wrong delete, I3 no orphan, I4 truthful status, I5 effects once, I7 free event loop, I8 memory back at its
 * level, I9 secrets kept, I11 nothing unhandled, I12 writes by the right user, I13 no hot loop.
 */
export function checkInvariants(records: Records, expected: Expectations): readonly string[] {
  const { requests, runs, forgotten = 0, claims = [], made, owners, unhandled = [] } = records;
  return [
    ...(forgotten === 0 ? [] : [`the trace forgot ${forgotten} requests: what follows is not the whole truth`]),
    ...told('I1', expected.stable && eventuallyStable(requests, expected.stable)),
    ...told('I2', expected.mayDelete && noWrongDelete(requests, expected.mayDelete)),
    ...told('I3', made && owners && noOrphan(made, owners)),
    ...told('I4', truthfulStatus(claims)),
    ...told('I5', expected.effects && effectsOnce(requests, expected.effects)),
    ...told('I7', records.loop && loopStaysFree(records.loop, expected.maxLoopDelayMs)),
    ...told('I8', records.memory && memoryReturns(records.memory)),
    ...told('I9', records.texts && expected.canaries && noCanary(records.texts, expected.canaries)),
    ...told('I11', nothingUnhandled(unhandled)),
    ...told('I12', expected.user === undefined ? [] : writesOnlyAs(requests, expected.user)),
    ...told('I13', noHotLoop({ requests, runs }, expected.loopLimits)),
  ];
}

const told = (number: string, violations: readonly string[] = []): readonly string[] => violations.map((each) => `${number}: ${each}`);
