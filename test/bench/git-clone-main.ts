// What it costs to make an artifact of a repository: seconds from the first request to the archive, and memory, against `git clone --depth 1`, over HTTP from
// `git http-backend`.
//
//   node test/bench/git-clone-main.ts [--rounds 3] [--only 20,000] [--json]
//
// Bars: twice the time of `git clone --depth 1`; 300 MiB for 20,000 files.
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { startGitServer } from '@gotk/testkit';
import type { CloneSample } from './git-clone-child.ts';
import { fillRepository, SHAPES } from './git-repositories.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});

const run = promisify(execFile);
const CHILD = fileURLToPath(new URL('git-clone-child.ts', import.meta.url));

interface Line extends CloneSample {
  readonly repository: string;
  readonly gitSeconds: number;
  readonly seconds: number;
}

async function ours(url: string, commit: string, directory: string): Promise<CloneSample> {
  await mkdir(directory);
  const child = fork(CHILD, [url, commit, directory], { execArgv: ['--max-semi-space-size=4'] });
  const [sample] = await Promise.race([
    once(child, 'message') as Promise<CloneSample[]>,
    once(child, 'exit').then(([code]) => {
      throw new Error(`the measured process ended with code ${code}`);
    }),
  ]);
  if (child.exitCode === null) await once(child, 'exit');
  await rm(directory, { recursive: true });
  return sample as CloneSample;
}

async function gitClone(url: string, directory: string): Promise<number> {
  const started = performance.now();
  await run('git', ['clone', '--quiet', '--depth=1', '--branch=main', url, directory], {
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null' },
  });
  const seconds = (performance.now() - started) / 1000;
  await rm(directory, { recursive: true });
  return seconds;
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

async function measure(
  repository: string,
  { url, commit, directory }: { readonly url: string; readonly commit: string; readonly directory: string },
): Promise<Line> {
  const [samples, gitSeconds]: [CloneSample[], number[]] = [[], []];
  // Alternately: whatever else the machine does meets both.
  for (let round = 0; round < Number(values.rounds); round++) {
    gitSeconds.push(await gitClone(url, join(directory, 'clone')));
    samples.push(await ours(url, commit, join(directory, 'ours')));
  }
  const of = (name: keyof CloneSample) => median(samples.map((sample) => sample[name]));
  return {
    repository,
    gitSeconds: median(gitSeconds),
    seconds: median(samples.map(({ fetchSeconds, archiveSeconds }) => fetchSeconds + archiveSeconds)),
    fetchSeconds: of('fetchSeconds'),
    archiveSeconds: of('archiveSeconds'),
    peakMiB: Math.max(...samples.map(({ peakMiB }) => peakMiB)),
    packMiB: of('packMiB'),
    archiveMiB: of('archiveMiB'),
  };
}

function render(lines: readonly Line[]): string {
  const head = ['repository', 'git clone s', 'ours s', 'ratio', 'fetch s', 'archive s', 'peak RSS MiB', 'pack MiB', 'archive MiB'];
  const rows = lines.map((line) => [
    line.repository,
    ...[line.gitSeconds, line.seconds, line.seconds / line.gitSeconds, line.fetchSeconds, line.archiveSeconds].map((number) =>
      number.toFixed(2),
    ),
    ...[line.peakMiB, line.packMiB, line.archiveMiB].map((number) => number.toFixed(1)),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

await using stack = new AsyncDisposableStack();
const directory = await mkdtemp(join(tmpdir(), 'gotk-bench-git-'));
stack.defer(() => rm(directory, { recursive: true, force: true }));
const server = stack.use(await startGitServer());
const lines: Line[] = [];
for (const [index, [name, shape]] of Object.entries(SHAPES).entries()) {
  if (!name.includes(values.only)) continue;
  const repository = await server.createRepository(`bench-${index}`);
  await fillRepository(repository.directory, shape);
  const commit = await repository.git('--git-dir', repository.directory, 'rev-parse', 'refs/heads/main');
  lines.push(await measure(name, { url: repository.url, commit, directory }));
  console.error(`measured: ${name}`);
}
console.log(values.json ? JSON.stringify(lines, null, 2) : render(lines));
