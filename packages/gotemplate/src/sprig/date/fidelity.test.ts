import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DATE_GROUPS } from '../../../test/dates/cases.ts';
import { dateData } from '../../../test/dates/values.ts';
import { TemplateError, TemplateSet } from '../../index.ts';
import { sprigFunctions } from '../functions.ts';

interface Recorded {
  readonly go: string;
  readonly outcomes: Readonly<Record<string, readonly { readonly template: string; readonly expands?: string; readonly fails?: string }[]>>;
}

// What Go makes of each template is written in the file: where our result or the text of our error differs, ours is wrong.
const { go, outcomes } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../testdata/dates.json'), 'utf8')) as Recorded;

const clock = { now: () => Date.UTC(2000, 0, 1) };

describe.each(Object.entries(DATE_GROUPS))(`%s, as ${go} has them`, (group, { localZone, templates }) => {
  const functions = sprigFunctions({ clock, localZone, randomBytes });
  const data = dateData(localZone);

  test.each(templates.map((template, index) => [index, template] as const))('%i: %s', (index, template) => {
    const outcome = outcomes[group]?.[index];
    expect(outcome?.template, 'recorded anew: scripts/record-dates-main.ts').toBe(template);
    const execute = (): string => {
      const set = new TemplateSet({ name: 't', functions });
      set.parse('t', template);
      return set.execute('t', data);
    };
    if (outcome?.fails === undefined) return expect(execute()).toBe(outcome?.expands);
    expect(execute).toThrow(TemplateError);
    expect(execute).toThrow(expect.objectContaining({ message: outcome.fails }));
  });
});
