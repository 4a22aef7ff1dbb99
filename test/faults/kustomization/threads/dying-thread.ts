import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { inspect } from 'node:util';
import { parentPort } from 'node:worker_threads';
import type { ThreadDeath } from './thread-deaths.ts';

/**
 * For what Node loads before anything else (`--require`), in the controller and in each of its threads: threads die of the tasks that `file` says they die of, at
 * the time of the task.
 */
export function dieAsToldBy(file: string): void {
  const { readFileSync } = fs;
  const deathsNow = () => JSON.parse(readFileSync(file, 'utf8')) as readonly ThreadDeath[];
  /** Of the task at work; only those that read files get as far as to have one. */
  let later: ThreadDeath | undefined;

  // Before the listener that carries the task out. What a listener throws nobody catches.
  parentPort?.on('message', ({ task, input }: { readonly task: string; readonly input: unknown }) => {
    const text = inspect(input, { depth: null, maxStringLength: null });
    const death = deathsNow().find((it) => it.task === task && text.includes(it.mark));
    later = death?.at === 'read' ? death : undefined;
    if (death?.at === 'start') die(death.how);
  });
  fs.readFileSync = ((...args: Parameters<typeof readFileSync>) => {
    if (later !== undefined && String(args[0]).includes(later.mark)) die(later.how);
    return readFileSync(...args);
  }) as typeof readFileSync;
  syncBuiltinESMExports();
}

function die(how: ThreadDeath['how']): never {
  switch (how) {
    case 'exit':
      return process.exit(3);
    case 'memory':
      for (const hoard: unknown[] = []; ; ) hoard.push(Array.from({ length: 1_000 }, () => ({})));
    case 'error':
      throw new Error('it was told to die');
    case 'signal':
      process.kill(process.pid, 'SIGSEGV');
      // The signal ends the process at any moment now.
      for (;;);
  }
}
