import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cpuUsage, resourceUsage, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createSchemaCache, filesOfDirectory, loadChart, readUserValues, renderManifests } from '@gotk/helm';
import { createTemplateCache, renderRelease } from '@gotk/helm/render';
import { filesBelow } from './directory-files.ts';
import { type EngineReport, renderEngineReport } from './engine-report.ts';
import { exampleChart } from './helm-chart.ts';

// A chart of 160 objects, or the one in a directory, made to a release again and again by us and by the real Helm, each in one process with the files in memory:
//   node test/bench/helm-render-main.ts [--chart directory] [--values file] [--rounds 20] [--json]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    chart: { type: 'string' },
    values: { type: 'string' },
    rounds: { type: 'string', default: '20' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const [chartDirectory, valuesFile, output] = positionals;
if (chartDirectory !== undefined && valuesFile !== undefined && output !== undefined)
  stdout.write(JSON.stringify(measureOurs(chartDirectory, valuesFile, output)));
else await compare();

/** What a process for ours does; `--keep`: parsed templates and schemas are kept from round to round, as a controller does. */
function measureOurs(directory: string, file: string, written: string): EngineReport {
  const files = filesBelow(directory);
  const given = readFileSync(file);
  const [templates, schemas] = [createTemplateCache(), createSchemaCache()];
  const [wallMs, cpuMs]: [number[], number[]] = [[], []];
  let text = '';
  for (let round = 0; round < Number(values.rounds); round++) {
    const [started, cpu] = [performance.now(), cpuUsage()];
    const chart = loadChart(filesOfDirectory(files), { unpack: () => [] });
    const { manifests } = renderRelease(chart, readUserValues(given, file), {
      release: { name: 'rel', namespace: 'ns', revision: 1, isUpgrade: false },
      schemas: values.keep ? schemas : createSchemaCache(),
      ...(values.keep ? { parsed: templates.of(directory) } : {}),
    });
    text = renderManifests(manifests);
    const { user, system } = cpuUsage(cpu);
    wallMs.push(performance.now() - started);
    cpuMs.push((user + system) / 1000);
  }
  writeFileSync(written, text);
  return { wallMs, cpuMs, peakMiB: resourceUsage().maxRSS / 1024 };
}

async function compare(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-bench-helm-'));
  try {
    const chart = values.chart ?? writeChart(join(directory, 'big'));
    const given = values.values ?? join(directory, 'values.yaml');
    if (values.values === undefined) writeFileSync(given, '');
    const oracle = join(directory, 'oracle');
    execFileSync('go', ['build', '-o', oracle, '.'], { cwd: join(import.meta.dirname, 'helm-oracle'), stdio: 'inherit' });
    const run = (program: string, args: readonly string[]): EngineReport =>
      JSON.parse(execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
    const ours = (written: string, ...flags: readonly string[]): EngineReport =>
      run(process.execPath, [
        '--stack-size=8000',
        fileURLToPath(import.meta.url),
        '--rounds',
        values.rounds,
        ...flags,
        chart,
        given,
        written,
      ]);
    const [byUs, kept, real] = ['ours.yaml', 'kept.yaml', 'real.yaml'].map((name) => join(directory, name)) as [string, string, string];
    const columns = [
      { title: 'ours', report: ours(byUs) },
      { title: 'ours, templates kept', report: ours(kept, '--keep') },
      { title: 'helm', report: run(oracle, [chart, given, values.rounds, real]) },
    ];
    stdout.write(values.json ? `${JSON.stringify(columns, null, 2)}\n` : `${renderEngineReport(columns)}\n`);
    const expected = readFileSync(real);
    if ([byUs, kept].every((file) => readFileSync(file).equals(expected))) return;
    stdout.write('the outputs differ\n');
    process.exitCode = 1;
  } finally {
    await rm(directory, { recursive: true });
  }
}

function writeChart(directory: string): string {
  for (const [path, text] of Object.entries(exampleChart())) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}
