import { setTimeout as delay } from 'node:timers/promises';
import { processUsage } from './process-usage.ts';
import { type RequestCounts, requestsBetween, workRequests } from './request-count.ts';

/** A process whose CPU time and memory are charged to the work. */
export interface Measured {
  readonly name: string;
  readonly pid: number;
}

export interface Usage {
  readonly name: string;
  readonly cpuSeconds: number;
  /** The highest resident size sampled during the phase, in MiB. */
  readonly peakRssMiB: number;
}

/** What a row is about; its name has the details. */
export type PhaseKind = 'install' | 'upgrade' | 'idle' | 'drift' | 'chain' | 'delete';

export interface Row extends PhaseRow {
  readonly kind: PhaseKind;
}

export interface PhaseRow {
  readonly phase: string;
  /** How many Kustomizations the work was for: requests are reported for each of them. */
  readonly count: number;
  readonly seconds: number;
  readonly usage: readonly Usage[];
  /** Of the API server and what belongs to it, for whatever was asked by anybody; absent where that is elsewhere. */
  readonly serverCpuSeconds?: number;
  readonly requests: RequestCounts;
  /** What else the phase has to say, such as single latencies in milliseconds. */
  readonly latenciesMs?: readonly number[];
}

export interface Meter {
  readonly processes: readonly Measured[];
  /** The cluster: what is left of the processors is all that the others can have. */
  readonly servers: readonly Measured[];
  /** What the processes have asked of the API server so far. */
  readonly requests: () => Promise<RequestCounts>;
}

const RSS_SAMPLE_MS = 100;

const QUIET_MS = 2_000;
const LONGEST_TAIL_MS = 60_000;

/** Resolves when no request has come in for a while, leases aside. */
async function untilQuiet({ requests }: Meter): Promise<void> {
  const deadline = performance.now() + LONGEST_TAIL_MS;
  for (let before = -1, now = workRequests(await requests()); before !== now && performance.now() < deadline; ) {
    await delay(QUIET_MS);
    [before, now] = [now, workRequests(await requests())];
  }
}

/** Runs the work between two readings. The work returns latencies if it has any. */
export async function measure(
  meter: Meter,
  phase: { readonly name: string; readonly count: number },
  work: () => Promise<readonly number[] | undefined>,
): Promise<PhaseRow> {
  // What the phase before has set off is not this one's.
  await untilQuiet(meter);
  const peaks = new Map<number, number>();
  const sample = async () => {
    for (const { pid } of meter.processes) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, (await processUsage(pid)).rssMiB));
  };

  const serverBefore = await cpuSecondsOf(meter.servers);
  const [requestsBefore, usageBefore] = [await meter.requests(), await Promise.all(meter.processes.map(({ pid }) => processUsage(pid)))];
  const { promise: over, reject } = Promise.withResolvers<never>();
  const sampler = setInterval(() => void sample().catch(reject), RSS_SAMPLE_MS);
  const started = performance.now();
  let latenciesMs: readonly number[] | undefined;
  try {
    // Work that nobody is left to do would be waited for in vain.
    latenciesMs = await Promise.race([work(), over]);
  } finally {
    clearInterval(sampler);
  }
  const seconds = (performance.now() - started) / 1000;
  await sample();
  // Events follow their cause in the background: they are charged to the phase that they belong to.
  await untilQuiet(meter);
  const [requestsAfter, usageAfter] = [await meter.requests(), await Promise.all(meter.processes.map(({ pid }) => processUsage(pid)))];
  const serverCpuSeconds = (await cpuSecondsOf(meter.servers)) - serverBefore;

  return {
    phase: phase.name,
    count: phase.count,
    seconds,
    usage: meter.processes.map(({ name, pid }, index) => ({
      name,
      cpuSeconds: (usageAfter[index]?.cpuSeconds ?? Number.NaN) - (usageBefore[index]?.cpuSeconds ?? Number.NaN),
      peakRssMiB: peaks.get(pid) ?? Number.NaN,
    })),
    requests: requestsBetween(requestsBefore, requestsAfter),
    ...(meter.servers.length === 0 ? {} : { serverCpuSeconds }),
    ...(latenciesMs === undefined ? {} : { latenciesMs }),
  };
}

async function cpuSecondsOf(processes: readonly Measured[]): Promise<number> {
  const usage = await Promise.all(processes.map(({ pid }) => processUsage(pid)));
  return usage.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}
