import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import { seededRandom } from '@gotk/apimachinery/seeded-random';
import { TemplateError, TemplateSet } from '../src/index.ts';
import { sprigFunctions } from '../src/sprig/index.ts';
import { DATA } from '../test/cases.ts';
import { CallMaker } from '../test/sprig/random-call.ts';
import { templateOf } from '../test/sprig/sprig-cases.ts';
import { valueOfJson } from '../test/typed-json.ts';

// Compares random calls of Sprig's functions with Go's own: node packages/gotemplate/scripts/fuzz-sprig-main.ts [batches] [first seed]. Prints what differs.

const BATCH = 10_000;
const [, , batches = '5', first = '1'] = argv;
// Functions and what is behind two pointers are printed as addresses, and those are other ones every time.
const shown = Object.fromEntries(Object.entries(DATA).filter(([name]) => !/^(seq2?|variadic|func|person|alone)$/.test(name)));
const fields = [...Object.keys(shown).filter((name) => !name.startsWith('__')), 'missing'];
const functions = sprigFunctions();
const comparable = (text: string): string => text.replaceAll(/[\ud800-\udfff]/gu, '\ufffd').replaceAll(/0[xX]c[0-9a-fA-F]{8,}/g, 'ADDRESS');

let compared = 0;
let different = 0;
for (let seed = Number(first); seed < Number(first) + Number(batches); seed += 1) {
  const maker = new CallMaker({ random: seededRandom(seed), functions, fields });
  const cases = Array.from({ length: BATCH }, () => ({ template: templateOf(maker.make()), functions: 'sprig' }));
  const go = spawnSync('go', ['run', '.'], {
    cwd: join(import.meta.dirname, '../testdata/record'),
    input: JSON.stringify({ data: shown, cases }),
    encoding: 'utf8',
    maxBuffer: 1024 * 1024 * 1024,
  });
  if (go.status !== 0) throw new Error(go.stderr.slice(0, 2000));
  const recorded = (JSON.parse(go.stdout) as { readonly cases: readonly { readonly expands?: string; readonly fails?: string }[] }).cases;
  cases.forEach(({ template }, index) => {
    const { expands, fails } = recorded[index] ?? {};
    if (fails?.includes('PANIC') === true) return;
    compared += 1;
    const theirs = comparable(expands === undefined ? `ERROR ${fails}` : expands);
    const ours = comparable(outcome(template));
    if (theirs === ours) return;
    different += 1;
    stdout.write(`--- seed ${seed} case ${index}\n${template}\nGo:   ${JSON.stringify(theirs)}\nhere: ${JSON.stringify(ours)}\n`);
  });
}
stdout.write(`${compared} compared, ${different} different\n`);

function outcome(template: string): string {
  try {
    const set = new TemplateSet({ name: 't', functions });
    set.parse('t', template);
    return set.execute('t', valueOfJson(shown as Parameters<typeof valueOfJson>[0]));
  } catch (thrown) {
    return thrown instanceof TemplateError ? `ERROR ${thrown.message}` : `BUG ${(thrown as Error).stack}`;
  }
}
