import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a thread dies of. */
export interface ThreadDeath {
  /** As the worker serves it. */
  readonly task: string;
  /** A text in the task's input; for `read` also in the name of the file at which it dies. */
  readonly mark: string;
  readonly at: 'start' | 'read';
  /** `signal` takes the whole process along: nobody can survive it. */
  readonly how: 'exit' | 'error' | 'memory' | 'signal';
}

/** What threads of a controller that was started with `nodeFlags` die of, from now on. */
export interface ThreadDeaths extends AsyncDisposable {
  readonly nodeFlags: readonly string[];
  set(deaths: readonly ThreadDeath[]): Promise<void>;
}

export async function threadDeaths(): Promise<ThreadDeaths> {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-deaths-'));
  const file = join(directory, 'deaths.json');
  const set = async (deaths: readonly ThreadDeath[]) => {
    await writeFile(`${file}.new`, JSON.stringify(deaths));
    await rename(`${file}.new`, file);
  };
  await set([]);
  // Threads that are started from a text do not load what `--import` names.
  const preload = join(directory, 'preload.cjs');
  const module = fileURLToPath(new URL('./dying-thread.ts', import.meta.url));
  await writeFile(preload, `require(${JSON.stringify(module)}).dieAsToldBy(${JSON.stringify(file)});\n`);
  return {
    nodeFlags: [`--require=${preload}`],
    set,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
