import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stderr } from 'node:process';
import { DATE_DATA, DATE_GROUPS } from '../test/dates/cases.ts';
import { recordStillClock } from './still-clock.ts';

// What Go makes of the templates in test/dates, for src/sprig/date/fidelity.test.ts: node packages/gotemplate/scripts/record-dates-main.ts

let version = '';
const groups: string[] = [];
for (const [name, { localZone, templates }] of Object.entries(DATE_GROUPS)) {
  const { go, outcomes } = await recordStillClock(templates, DATE_DATA, localZone);
  version = go;
  const lines = templates.map((template, index) => JSON.stringify({ template, ...outcomes[index] }));
  groups.push(`${JSON.stringify(name)}: [\n${lines.join(',\n')}\n]`);
}
const text = `{"go": ${JSON.stringify(version)}, "outcomes": {\n${groups.join(',\n')}\n}}\n`;
await writeFile(join(import.meta.dirname, '../testdata/dates.json'), text);
stderr.write(`recorded with ${version}\n`);
