import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startReaper } from '../control-plane/reaper.ts';

/** A temporary directory, and the processes that work in it: both go with their owner, or with this process, however it ends. */
export interface ProgramDirectory extends AsyncDisposable {
  readonly path: string;
  /** From now on these processes are ended if this one dies; the owner still ends them on an ordinary day. */
  guard(pids: readonly number[]): void;
}

/** `label` becomes part of the directory's name. */
export async function programDirectory(label: string): Promise<ProgramDirectory> {
  const path = await mkdtemp(join(tmpdir(), `gotk-${label}-`));
  const reaper = startReaper(path);
  return {
    path,
    guard: (pids) => reaper.guard(pids),
    async [Symbol.asyncDispose]() {
      reaper[Symbol.dispose]();
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
