import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import { seededRandom } from '@gotk/apimachinery/seeded-random';
import { TemplateError, TemplateSet } from '../src/index.ts';
import { CASES, DATA } from '../test/cases.ts';
import { TemplateMaker } from '../test/random-template.ts';
import { FUNCTIONS, valueOfJson } from '../test/typed-json.ts';

// Compares random templates with Go's own: node packages/gotemplate/scripts/fuzz-main.ts [batches] [first seed]. Prints what differs.

const BATCH = 4000;
const [, , batches = '5', first = '1'] = argv;
const missingKeys = ['default', 'zero', 'error'] as const;
// Functions and what is behind two pointers are printed as addresses, and those are other ones every time.
const shown = Object.fromEntries(
  Object.entries(DATA).filter(([name]) => !['seq', 'seq2', 'variadic', 'func', 'person', 'alone'].includes(name)),
);
const fields = [...Object.keys(shown).filter((name) => !['int64', 'uint64', 'second'].includes(name)), 'missing'];
const samples = Object.values(CASES)
  .flat()
  .map(({ template }) => template)
  .filter((template) => template.length < 200);
const data = valueOfJson(shown as Parameters<typeof valueOfJson>[0]);
const comparable = (text: string): string =>
  text.replaceAll(/[\ud800-\udfff]/gu, '\ufffd').replaceAll(/0[xX][0-9a-fA-F]{5,}|\b[cC]0[0-9a-fA-F]{8}\b|82463\d{7}/g, 'ADDRESS');

let compared = 0;
let different = 0;
for (let seed = Number(first); seed < Number(first) + Number(batches); seed += 1) {
  const random = seededRandom(seed);
  const maker = new TemplateMaker({ random, fields, samples });
  const cases = Array.from({ length: BATCH }, () => ({
    template: maker.make(),
    missingKey: missingKeys[Math.floor(random() * 3)] ?? 'default',
    data: shown,
  }));
  const go = spawnSync('go', ['run', '.'], {
    cwd: join(import.meta.dirname, '../testdata/record'),
    input: JSON.stringify({ cases }),
    encoding: 'utf8',
    maxBuffer: 1024 * 1024 * 1024,
  });
  if (go.status !== 0) throw new Error(go.stderr.slice(0, 2000));
  const recorded = (JSON.parse(go.stdout) as { readonly cases: readonly { readonly expands?: string; readonly fails?: string }[] }).cases;
  cases.forEach((each, index) => {
    const { expands, fails } = recorded[index] ?? {};
    if (fails?.includes('PANIC') === true) return;
    compared += 1;
    const theirs = comparable(expands === undefined ? `ERROR ${fails}` : expands);
    const ours = comparable(outcome(each));
    if (theirs === ours) return;
    different += 1;
    stdout.write(
      `--- seed ${seed} case ${index} missingkey=${each.missingKey}\n${JSON.stringify(each.template)}\n${differing(theirs, ours)}\n`,
    );
  });
}
stdout.write(`${compared} compared, ${different} different\n`);

/** Both from a little before the place where they part. */
function differing(theirs: string, ours: string): string {
  let at = 0;
  while (theirs[at] === ours[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `Go:   ${JSON.stringify(theirs.slice(from, at + 200))}\nhere: ${JSON.stringify(ours.slice(from, at + 200))}`;
}

function outcome({ template, missingKey }: { readonly template: string; readonly missingKey: 'default' | 'zero' | 'error' }): string {
  try {
    const set = new TemplateSet({ name: 't', functions: FUNCTIONS, missingKey });
    set.parse('t', template);
    return set.execute('t', data);
  } catch (thrown) {
    return thrown instanceof TemplateError ? `ERROR ${thrown.message}` : `BUG ${(thrown as Error).stack}`;
  }
}
