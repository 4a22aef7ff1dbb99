// What informers of many objects cost: memory, CPU and seconds until synced, by what is kept of each object and by how the server hands them out.
//
//   node test/bench/informer-memory-main.ts [--n 10000] [--rounds 3] [--kubeconfig FILE] [--json]
//
// Each line twice: as the controllers run (see the Dockerfile), and as Node sets V8 up by itself, with a young generation four times as large: the resident
// size of a process that does little else follows that rather than what the informer holds.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createKubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { NoControlPlane, startControlPlane } from '@gotk/testkit';
import { KEEPS, type Sample } from './informer-memory-child.ts';
import { seed } from './informer-objects.ts';

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
    kubeconfig: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

interface Line extends Sample {
  readonly keeps: string;
  readonly filling: string;
  readonly flags: string;
}

/** What 10,000 objects may add, held by their metadata as the controllers hold them. */
const MOST_MIB = 40;

/** How V8 is set up, beyond what is needed to measure. */
const FLAGS = [['--max-semi-space-size=4'], []] as const;

const CHILD = fileURLToPath(new URL('informer-memory-child.ts', import.meta.url));

interface Setting {
  readonly keeps: string;
  readonly filling: string;
  readonly flags: readonly string[];
}

async function measure(kubeconfigPath: string, { keeps, filling, flags }: Setting): Promise<Line> {
  const child = fork(CHILD, [kubeconfigPath, keeps, filling], { execArgv: ['--expose-gc', ...flags] });
  const [sample] = await Promise.race([
    once(child, 'message') as Promise<Sample[]>,
    once(child, 'exit').then(([code]) => {
      throw new Error(`the measured process ended with code ${code}`);
    }),
  ]);
  if (child.exitCode === null) await once(child, 'exit');
  return { keeps, filling, flags: flags.join(' '), ...(sample as Sample) };
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** The middle of each number by itself. */
function middle(lines: readonly [Line, ...Line[]]): Line {
  const of = (name: keyof Sample) => median(lines.map((line) => line[name]));
  return {
    ...lines[0],
    seconds: of('seconds'),
    cpuSeconds: of('cpuSeconds'),
    syncedMiB: of('syncedMiB'),
    restedMiB: of('restedMiB'),
    peakMiB: of('peakMiB'),
    heapMiB: of('heapMiB'),
  };
}

function render(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.keeps,
    line.filling,
    line.flags,
    String(line.objects),
    String(line.requests),
    ...[line.seconds, line.cpuSeconds].map((seconds) => seconds.toFixed(2)),
    ...[line.syncedMiB, line.restedMiB, line.peakMiB, line.heapMiB].map((mib) => mib.toFixed(1)),
  ]);
  const head = ['kept', 'filling', 'V8', 'objects', 'requests', 'seconds', 'CPU-s', 'RSS +MiB synced', 'rested', 'peak', 'live heap +MiB'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

try {
  await using stack = new AsyncDisposableStack();
  const kubeconfigPath = values.kubeconfig ?? stack.use(await startControlPlane({ controllerManager: false })).kubeconfigPath;
  const connection = await loadConnection({ kubeconfigPath });
  const client = createKubeClient({ connection, userAgent: 'bench-seed', qps: 5_000, burst: 5_000 });
  stack.defer(() => client.close());
  const started = performance.now();
  await seed(client, Number(values.n), AbortSignal.timeout(900_000));
  console.error(`${values.n} objects are there after ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const lines: Line[] = [];
  const settings = KEEPS.flatMap((keeps) =>
    FLAGS.flatMap((flags) => ['paged', 'streamed'].map((filling): Setting => ({ keeps, filling, flags }))),
  );
  for (const setting of settings) {
    const rounds: Line[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) rounds.push(await measure(kubeconfigPath, setting));
    const [first, ...others] = rounds;
    if (first !== undefined) lines.push(middle([first, ...others]));
    console.error(`measured: ${setting.keeps}, ${setting.filling} ${setting.flags.join(' ')}`);
  }
  const [, held] = lines;
  if (held !== undefined && held.restedMiB * (10_000 / held.objects) > MOST_MIB) {
    console.error(
      `${held.keeps}, ${held.filling}: ${held.restedMiB.toFixed(1)} MiB for ${held.objects} objects, more than ${MOST_MIB} MiB for 10000`,
    );
    process.exitCode = 1;
  }
  console.log(values.json ? JSON.stringify(lines, null, 2) : render(lines));
} catch (error) {
  console.error(error instanceof NoControlPlane ? error.message : error);
  process.exitCode = 1;
}
