import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processIdentity } from './process-identity.ts';

/** How a process is asked to end: `kill` at once, `terminate` with time to finish (then it is killed). */
export type Ending = 'kill' | 'terminate';

export interface RecordedProcess {
  readonly name: string;
  readonly pid: number;
}

export interface StoppedProcess extends RecordedProcess {
  /** `gone`: it had ended by itself, and whatever may now run under its id was left alone. */
  readonly outcome: 'stopped' | 'gone';
}

interface ProcessRecord extends RecordedProcess {
  readonly order: number;
  readonly identity: string;
  readonly ending: Ending;
}

const GRACE_MS = 15_000;

/**
 * Writes down, in a state directory, a process that will outlive this one, so that `stopRecordedProcesses` finds it.
 * Throws if the process is not running.
 */
export async function recordProcess(stateDir: string, { name, pid, ending }: RecordedProcess & { readonly ending: Ending }): Promise<void> {
  const identity = await processIdentity(pid);
  if (identity === undefined) throw new Error(`failed to record process '${name}': it is not running`);
  const folder = join(stateDir, 'processes');
  await mkdir(folder, { recursive: true });
  const record: ProcessRecord = { name, pid, order: Date.now(), identity, ending };
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(record, null, 2)}\n`);
}

/** Those of the recorded processes that still run. */
export async function runningProcesses(stateDir: string): Promise<readonly RecordedProcess[]> {
  const alive: RecordedProcess[] = [];
  for (const { name, pid, identity } of await readRecords(stateDir))
    if ((await processIdentity(pid)) === identity) alive.push({ name, pid });
  return alive;
}

/**
 * Stops what was recorded, the youngest first, and forgets it. Never touches a process that is not, by the time it started, the recorded
 * one. Resolves when they have ended.
 */
export async function stopRecordedProcesses(stateDir: string): Promise<readonly StoppedProcess[]> {
  const stopped: StoppedProcess[] = [];
  for (const record of await readRecords(stateDir)) {
    stopped.push({ name: record.name, pid: record.pid, outcome: (await stop(record)) ? 'stopped' : 'gone' });
    await rm(join(stateDir, 'processes', `${record.name}.json`), { force: true });
  }
  return stopped;
}

async function stop({ pid, identity, ending }: ProcessRecord): Promise<boolean> {
  const runs = async () => (await processIdentity(pid)) === identity;
  if (!(await runs())) return false;
  const deadline = performance.now() + GRACE_MS;
  signal(pid, ending === 'kill' ? 'SIGKILL' : 'SIGTERM');
  while (await runs()) {
    if (performance.now() > deadline) signal(pid, 'SIGKILL');
    await delay(20);
  }
  return true;
}

function signal(pid: number, name: 'SIGKILL' | 'SIGTERM'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function readRecords(stateDir: string): Promise<readonly ProcessRecord[]> {
  const folder = join(stateDir, 'processes');
  const names = await readdir(folder).catch(() => []);
  const records = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as ProcessRecord),
  );
  return records.sort((a, b) => b.order - a.order);
}
