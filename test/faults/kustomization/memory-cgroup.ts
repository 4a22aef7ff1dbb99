import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A limit of memory that the kernel keeps, as for a container: whoever the launcher starts lives in it. */
export interface MemoryCgroup extends AsyncDisposable {
  readonly launcher: readonly [string, ...string[]];
  /** The most that was in use at once, file cache included. */
  peakBytes(): Promise<number>;
  /** How many processes the kernel has ended because there was no more. */
  kills(): Promise<number>;
}

/** Where the files of a cgroup are, and what they are called, by version of the hierarchy. */
const HIERARCHIES = [
  { root: '/sys/fs/cgroup', has: 'cgroup.controllers', limit: 'memory.max', peak: 'memory.peak', events: 'memory.events' },
  {
    root: '/sys/fs/cgroup/memory',
    has: 'memory.limit_in_bytes',
    limit: 'memory.limit_in_bytes',
    peak: 'memory.max_usage_in_bytes',
    events: 'memory.oom_control',
  },
] as const;

/** Undefined where none can be made: that takes the rights of root and a hierarchy that can be written to. */
export async function memoryCgroup(limitBytes: number): Promise<MemoryCgroup | undefined> {
  for (const { root, has, ...files } of HIERARCHIES) {
    const directory = join(root, `gotk-${randomBytes(4).toString('hex')}`);
    try {
      await access(join(root, has));
      await mkdir(directory);
    } catch {
      continue;
    }
    const made = await writeFile(join(directory, files.limit), `${limitBytes}`).then(
      () => true,
      () => false,
    );
    if (!made) {
      await rmdir(directory);
      continue;
    }
    const read = (name: string) => readFile(join(directory, name), 'utf8');
    return {
      launcher: ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', directory],
      peakBytes: async () => Number(await read(files.peak)),
      kills: async () => Number(/^oom_kill (\d+)$/m.exec(await read(files.events))?.[1] ?? 0),
      async [Symbol.asyncDispose]() {
        // A process that has ended leaves its cgroup a moment later.
        for (let tries = 0; ; tries += 1) {
          try {
            return await rmdir(directory);
          } catch (error) {
            if (tries === 100) throw error;
            await delay(50);
          }
        }
      },
    };
  }
  return undefined;
}
