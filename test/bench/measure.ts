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

export interface Row {
  readonly phase: string;
  /** How many Kustomizations the work was for: requests are reported for each of them. */
  readonly count: number;
  readonly seconds: number;
  readonly usage: readonly Usage[];
  readonly requests: RequestCounts;
  /** What else the phase has to say, such as single latencies in milliseconds. */
  readonly latenciesMs?: readonly number[];
}

export interface Meter {
  readonly processes: readonly Measured[];
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
): Promise<Row> {
  // What the phase before has set off is not this one's.
  await untilQuiet(meter);
  const peaks = new Map<number, number>();
  const sample = async () => {
    for (const { pid } of meter.processes) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, (await processUsage(pid)).rssMiB));
  };

  const [requestsBefore, usageBefore] = [await meter.requests(), await Promise.all(meter.processes.map(({ pid }) => processUsage(pid)))];
  const sampler = setInterval(() => void sample().catch(() => undefined), RSS_SAMPLE_MS);
  const started = performance.now();
  let latenciesMs: readonly number[] | undefined;
  try {
    latenciesMs = await work();
  } finally {
    clearInterval(sampler);
  }
  const seconds = (performance.now() - started) / 1000;
  await sample();
  // Events follow their cause in the background: they are charged to the phase that they belong to.
  await untilQuiet(meter);
  const [requestsAfter, usageAfter] = [await meter.requests(), await Promise.all(meter.processes.map(({ pid }) => processUsage(pid)))];

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
    ...(latenciesMs === undefined ? {} : { latenciesMs }),
  };
}
