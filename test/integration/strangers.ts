import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { INPUTS } from './hostile-inputs.ts';
import type { BOMBS, HOSTILITIES } from './hostile-server.ts';

/** All hostile servers, in a process of their own: what they compute holds up neither the healthy servers of a test nor its clock. */
export interface Strangers extends AsyncDisposable {
  /** `127.0.0.1:port` of each. */
  readonly hosts: Readonly<Record<keyof typeof HOSTILITIES | keyof typeof BOMBS | keyof typeof INPUTS, string>>;
}

const MAIN = fileURLToPath(new URL('./strangers-main.ts', import.meta.url));

export async function startStrangers(): Promise<Strangers> {
  const child = spawn(process.execPath, [MAIN], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exited.then(() => {
      throw new Error('the strangers ended before they were there');
    }),
  ])) as [string];
  return {
    hosts: JSON.parse(line) as Strangers['hosts'],
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}

/** Of a controller's worker threads. */
const THREAD_PRIORITY = 5;
const BUSY = `
  process.stdin.on('end', () => process.exit()).resume();
  setInterval(() => { for (const end = Date.now() + 50; Date.now() < end; ); });
`;

/**
 * Keeps every processor as busy as the threads of a controller may, on behalf of nobody. What healthy objects lose to that they would lose to any neighbour; what they
 * lose beyond it, to somebody in their way.
 */
export function startBusyNeighbours(): AsyncDisposable {
  const children = Array.from({ length: availableParallelism() }, () => {
    const child = spawn(process.execPath, ['-e', BUSY], { stdio: ['pipe', 'ignore', 'inherit'] });
    if (child.pid !== undefined) setPriority(child.pid, THREAD_PRIORITY);
    return { child, exited: once(child, 'exit') };
  });
  return {
    async [Symbol.asyncDispose]() {
      for (const { child } of children) child.kill('SIGKILL');
      await Promise.all(children.map(({ exited }) => exited));
    },
  };
}
