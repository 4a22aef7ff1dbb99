/**
 * Renders the charts that Helm tests itself with, by the real Helm and by ours: node test/fidelity/helm-test-charts-main.ts [part of a chart's path]
 *
 * They come with Helm's module, which Go downloads and keeps. Many are broken on purpose: those that the real program refuses have to be refused, where words about
 * YAML may be our own. Exits with 1 when anything else differs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { requireProgram } from '@gotk/testkit';
import { compareRenderings, type Judgement } from './charts/compare-renderings.ts';
import { HEADING, rowOf, summaryOf } from './charts/judgement-table.ts';

const [part = ''] = process.argv.slice(2);
const helm = await requireProgram('helm');
const version = execFileSync(helm, ['version', '--template', '{{.Version}}'], { encoding: 'utf8' });
const download: { readonly Dir: string } = JSON.parse(
  execFileSync('go', ['mod', 'download', '-json', `helm.sh/helm/v4@${version}`], { encoding: 'utf8' }),
);

const isSubchart = (directory: string): boolean => /\/charts\/[^/]+$/.test(directory) && existsSync(join(directory, '../../Chart.yaml'));
const charts = readdirSync(download.Dir, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.name === 'Chart.yaml')
  .map(({ parentPath }) => parentPath)
  .filter((directory) => !isSubchart(directory) && relative(download.Dir, directory).includes(part))
  .sort();

const values = join(mkdtempSync(join(tmpdir(), 'gotk-charts-')), 'values.yaml');
process.on('exit', () => rmSync(dirname(values), { recursive: true, force: true }));
writeFileSync(values, '');

const judgements: Judgement[] = [];
console.log(HEADING);
for (const directory of charts) {
  const judgement = compareRenderings({ helm, directory, values, mayFail: true, inOwnWords: true });
  judgements.push(judgement);
  console.log(rowOf(relative(download.Dir, directory), judgement));
}
console.log(summaryOf(judgements));
process.exitCode = judgements.every(({ isSame }) => isSame) ? 0 : 1;
