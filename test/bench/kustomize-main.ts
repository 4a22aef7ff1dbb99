import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuUsage, resourceUsage, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { renderYaml } from '@gotk/apimachinery/yaml';
import { build, memoryTree } from '@gotk/kustomize';
import { median } from './bars.ts';
import { exampleOverlay } from './kustomize-overlay.ts';

// An overlay of 1,000 resources, built by us and by the real kustomize, each in one process with the files in memory:
//   node test/bench/kustomize-main.ts [--rounds 10] [--json]

/** Milliseconds of each round, and the memory of the process that ran them. */
interface Report {
  readonly buildMs: readonly number[];
  /** Processor time of all threads: what a busy machine cannot stretch. */
  readonly buildCpuMs: readonly number[];
  readonly printMs: readonly number[];
  readonly peakMiB: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '10' }, json: { type: 'boolean', default: false } },
});
const [treeFile, yamlFile] = positionals;
if (treeFile !== undefined && yamlFile !== undefined) stdout.write(JSON.stringify(await measureOurs(treeFile, yamlFile)));
else await compare();

/** What the process for ours does. */
async function measureOurs(treeFile: string, yamlFile: string): Promise<Report> {
  const files = JSON.parse(await readFile(treeFile, 'utf8')) as Readonly<Record<string, string>>;
  const tree = memoryTree(files);
  const [buildMs, buildCpuMs, printMs]: [number[], number[], number[]] = [[], [], []];
  let yaml = '';
  for (let round = 0; round < Number(values.rounds); round++) {
    const [started, cpu] = [performance.now(), cpuUsage()];
    const { objects } = build(tree, 'overlay');
    const [built, { user, system }] = [performance.now(), cpuUsage(cpu)];
    yaml = objects.map(renderYaml).join('---\n');
    buildMs.push(built - started);
    buildCpuMs.push((user + system) / 1000);
    printMs.push(performance.now() - built);
  }
  await writeFile(yamlFile, yaml);
  return { buildMs, buildCpuMs, printMs, peakMiB: resourceUsage().maxRSS / 1024 };
}

async function compare(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-bench-kustomize-'));
  try {
    const files = exampleOverlay();
    const treeFile = join(directory, 'tree.json');
    await writeFile(treeFile, JSON.stringify(files));
    const oracle = join(directory, 'oracle');
    execFileSync('go', ['build', '-o', oracle, '.'], { cwd: join(import.meta.dirname, 'kustomize-oracle'), stdio: 'inherit' });
    const [oursYaml, realYaml] = [join(directory, 'ours.yaml'), join(directory, 'real.yaml')];
    const run = (program: string, args: readonly string[], input?: string): Report =>
      JSON.parse(
        execFileSync(program, args, { encoding: 'utf8', ...(input === undefined ? {} : { input }), stdio: ['pipe', 'pipe', 'inherit'] }),
      );
    const ours = run(process.execPath, [fileURLToPath(import.meta.url), '--rounds', values.rounds, treeFile, oursYaml]);
    const real = run(oracle, ['overlay', values.rounds, realYaml], JSON.stringify(files));
    const isSame = (await readFile(oursYaml)).equals(await readFile(realYaml));
    if (values.json) stdout.write(`${JSON.stringify({ ours, real, isSame }, null, 2)}\n`);
    else stdout.write(`${renderReport({ ours, real })}\n`);
    if (!isSame) {
      stdout.write('the outputs differ\n');
      process.exitCode = 1;
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}

function renderReport({ ours, real }: { readonly ours: Report; readonly real: Report }): string {
  const line = (title: string, measure: (report: Report) => number, unit: string) => {
    const [left, right] = [measure(ours), measure(real)];
    return `| ${title.padEnd(24)} | ${`${left.toFixed(0)} ${unit}`.padStart(9)} | ${`${right.toFixed(0)} ${unit}`.padStart(9)} | ${(left / right).toFixed(2).padStart(5)} |`;
  };
  return [
    `| ${''.padEnd(24)} | ${'ours'.padStart(9)} | ${'kustomize'.padStart(9)} | ratio |`,
    `| ${'-'.repeat(24)} | ${'-'.repeat(9)} | ${'-'.repeat(9)} | ----- |`,
    line('build, median', ({ buildMs }) => median(buildMs), 'ms'),
    line('processor time, median', ({ buildCpuMs }) => median(buildCpuMs), 'ms'),
    line('build, first', ({ buildMs }) => buildMs[0] ?? Number.NaN, 'ms'),
    line('print as YAML, median', ({ printMs }) => median(printMs), 'ms'),
    line('peak memory', ({ peakMiB }) => peakMiB, 'MiB'),
  ].join('\n');
}
