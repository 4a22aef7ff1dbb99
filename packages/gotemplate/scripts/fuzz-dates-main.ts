import { argv, stdout } from 'node:process';
import { seededRandom } from '@gotk/apimachinery/seeded-random';
import { TemplateError, TemplateSet } from '../src/index.ts';
import { dateFunctions } from '../src/sprig/date/functions.ts';
import { DateMaker } from '../test/dates/random-dates.ts';
import { recordStillClock } from './still-clock.ts';

// Compares random templates about dates with Go's own: node packages/gotemplate/scripts/fuzz-dates-main.ts [batches] [first seed]. Prints what differs.

const BATCH = 10_000;
const PLACES = ['UTC', 'Europe/Berlin', 'America/New_York'] as const;
const [, , batches = '3', first = '1'] = argv;

let compared = 0;
let different = 0;
for (let seed = Number(first); seed < Number(first) + Number(batches); seed += 1) {
  const maker = new DateMaker(seededRandom(seed));
  const localZone = PLACES[seed % PLACES.length] ?? 'UTC';
  const functions = dateFunctions({ clock: { now: () => Date.UTC(2000, 0, 1) }, localZone });
  const templates = Array.from({ length: BATCH }, () => maker.make());
  const { outcomes } = await recordStillClock(templates, {}, localZone);
  templates.forEach((template, index) => {
    const { expands, fails } = outcomes[index] ?? {};
    compared += 1;
    const theirs = fails === undefined ? expands : `ERROR ${fails}`;
    const ours = outcome(template);
    if (theirs === ours) return;
    different += 1;
    stdout.write(
      `--- seed ${seed} case ${index} in ${localZone}\n${template}\nGo:   ${JSON.stringify(theirs)}\nhere: ${JSON.stringify(ours)}\n`,
    );
  });

  function outcome(template: string): string {
    try {
      const set = new TemplateSet({ name: 't', functions });
      set.parse('t', template);
      return set.execute('t', null);
    } catch (thrown) {
      return thrown instanceof TemplateError ? `ERROR ${thrown.message}` : `BUG ${(thrown as Error).stack}`;
    }
  }
}
stdout.write(`${compared} compared, ${different} different\n`);
