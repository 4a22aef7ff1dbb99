import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processIdentity } from './process-identity.ts';

interface Holder {
  readonly pid: number;
  readonly identity: string;
}

export interface LockOptions {
  /** Called once with the process that holds the lock, if there is one to wait for. */
  readonly onWait?: (holderPid: number) => void;
}

/**
 * Takes a lock that only one process of this machine holds at a time; a lock whose holder has ended is taken over. Waits for as long as the
 * holder runs.
 */
export async function acquireLock(file: string, { onWait }: LockOptions = {}): Promise<AsyncDisposable> {
  await mkdir(dirname(file), { recursive: true });
  const self: Holder = { pid: process.pid, identity: (await processIdentity(process.pid)) ?? '' };
  for (let told = false; ; ) {
    try {
      await claim(file, self);
      return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await readHolder(file);
    if (holder !== undefined && (await processIdentity(holder.pid)) !== holder.identity) {
      await rm(file, { force: true });
      continue;
    }
    if (holder !== undefined && !told) {
      onWait?.(holder.pid);
      told = true;
    }
    await delay(200);
  }
}

/** A link appears whole or not at all: a lock is never seen without the name of its holder. */
async function claim(file: string, self: Holder): Promise<void> {
  const draft = `${file}.${self.pid}`;
  await writeFile(draft, JSON.stringify(self));
  try {
    await link(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Undefined when the holder has just let go. */
async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
