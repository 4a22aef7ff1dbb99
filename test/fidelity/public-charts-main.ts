/**
 * Renders public charts by the real Helm and by ours: node test/fidelity/public-charts-main.ts [--remote <address>] [part of "<chart>: <value set>"]
 *
 * Git downloads and keeps the charts from the address, https://github.com/{owner}/{name}.git when not given. Exits with 1 when an object, a hook, the
 * notes or a message differ, or a value set of ours is none to the real program. What the real program draws at random (it is asked twice, where ours
 * differs) is compared by its shape, and counted.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { requireProgram } from '@gotk/testkit';
import { PUBLIC_CHARTS, putOnDisk } from './charts/charts-on-disk.ts';
import { compareRenderings, type Judgement } from './charts/compare-renderings.ts';
import { HEADING, rowOf, summaryOf } from './charts/judgement-table.ts';
import { versionIn } from './charts/stage.ts';
import { valueSetsOf } from './charts/value-sets.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { remote: { type: 'string', default: 'https://github.com/{owner}/{name}.git' } },
});
const [part = ''] = positionals;

const directory = mkdtempSync(join(tmpdir(), 'gotk-charts-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

const cases = PUBLIC_CHARTS.flatMap((chart) => valueSetsOf(chart.name).map((set) => ({ chart, set, name: `${chart.name}: ${set.name}` })));
const chosen = cases.filter(({ name }) => name.includes(part));
if (chosen.length === 0) throw new Error(`no chart and value set is called anything with '${part}'`);
const helm = await requireProgram('helm');
putOnDisk([...new Set(chosen.map(({ chart }) => chart))], directory, flags.remote);

const judgements: Judgement[] = [];
console.log(HEADING);
for (const { chart, set } of chosen) {
  const values = join(directory, 'values', `${chart.name}.yaml`);
  mkdirSync(join(directory, 'values'), { recursive: true });
  writeFileSync(values, set.yaml);
  const judgement = compareRenderings({ helm, directory: join(directory, chart.name), values, mayFail: set.yaml === '' });
  judgements.push(judgement);
  console.log(rowOf(`${chart.name} ${versionIn(join(directory, chart.name))}: ${set.name}`, judgement));
}
console.log(summaryOf(judgements));
process.exitCode = judgements.every(({ isSame }) => isSame) ? 0 : 1;
