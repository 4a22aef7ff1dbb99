import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CASES, DATA } from '../test/cases.ts';
import { FUNCTIONS, valueOfJson } from '../test/typed-json.ts';
import { TemplateError, TemplateSet } from './index.ts';

interface Recorded {
  readonly go: string;
  readonly outcomes: Readonly<Record<string, readonly { readonly template: string; readonly expands?: string; readonly fails?: string }[]>>;
}

// What Go makes of each template is written in the file: where our result or the text of our error differs, ours is wrong.
const { go, outcomes } = JSON.parse(readFileSync(join(import.meta.dirname, '../testdata/recorded.json'), 'utf8')) as Recorded;

/** A byte that is none of UTF-8 is a replacement character in the file. */
const asRecorded = (text: string): string => text.replaceAll(/[\ud800-\udfff]/gu, '\ufffd');

describe.each(Object.entries(CASES))(`%s, as ${go} has it`, (group, cases) => {
  test.each(cases.map((each, index) => [index, each.template, each] as const))('%i: %s', (index, template, each) => {
    const outcome = outcomes[group]?.[index];
    expect(outcome?.template, 'recorded anew: scripts/record-main.ts').toBe(template);
    const execute = (): string => {
      const set = new TemplateSet({ name: 't', functions: FUNCTIONS, missingKey: each.missingKey ?? 'default' });
      set.parse('t', template);
      return asRecorded(set.execute('t', valueOfJson((each.data === undefined ? DATA : each.data) as Parameters<typeof valueOfJson>[0])));
    };
    if (outcome?.fails === undefined) return expect(execute()).toBe(outcome?.expands);
    expect(execute).toThrow(TemplateError);
    expect(execute).toThrow(expect.objectContaining({ message: outcome.fails }));
  });
});
