import { readFile } from 'node:fs/promises';
import type { ControllerProcess } from '@gotk/testkit';

/** The value that so large a share of all is at most. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.round((values.length - 1) * share)] ?? 0;

/** How late an event loop was, in milliseconds. */
export interface Lag {
  readonly p99: number;
  readonly max: number;
}

/** Of a controller, since somebody asked for its metrics last. */
export async function lagOf({ metricsUrl }: ControllerProcess): Promise<Lag> {
  const text = await (await fetch(metricsUrl)).text();
  const figure = (name: string) => 1_000 * Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)$`, 'm').exec(text)?.[1]);
  return { p99: figure('p99'), max: figure('max') };
}

/** Resident, threads included. The metrics would tell, but begin anew with each question. */
export async function residentMiB({ pid }: ControllerProcess): Promise<number> {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
