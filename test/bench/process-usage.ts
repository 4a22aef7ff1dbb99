import { readFile } from 'node:fs/promises';

/** What the kernel has charged to a process so far. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** Resident now, in MiB. */
  readonly rssMiB: number;
  /** The highest resident size since the process started, in MiB. */
  readonly peakRssMiB: number;
}

// USER_HZ is 100 on every Linux that Node supports; getconf would cost a process per sample.
const TICKS_PER_SECOND = 100;

/** Reads Linux's /proc. Throws when the process is gone. */
export async function processUsage(pid: number): Promise<ProcessUsage> {
  const files = Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${pid}/status`, 'utf8')]);
  const [stat, status] = await files.catch((error: unknown) => {
    throw new Error(`process ${pid} is gone`, { cause: error });
  });
  // The command name, in parentheses, may hold spaces: the numbered fields start after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
  return { cpuSeconds: ticks / TICKS_PER_SECOND, rssMiB: kib('VmRSS') / 1024, peakRssMiB: kib('VmHWM') / 1024 };
}
