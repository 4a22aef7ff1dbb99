import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EnvsubstError } from './envsubst-error.ts';
import { parseTemplate } from './template.ts';

interface Recorded {
  readonly program: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly cases: readonly { readonly text: string; readonly strict?: boolean; readonly expands?: string; readonly fails?: string }[];
}

// What the real program makes of each text is written beside it: where our result differs, ours is wrong.
const { program, variables, cases } = JSON.parse(readFileSync(join(import.meta.dirname, '../testdata/cases.json'), 'utf8')) as Recorded;
const values = new Map(Object.entries(variables));

describe(`as ${program} expands it`, () => {
  test.each(cases.map((each) => [JSON.stringify(each.text) + (each.strict === true ? ', strict' : ''), each] as const))('%s', (_, each) => {
    const expand = () => parseTemplate(each.text).expand((name) => values.get(name), { strict: each.strict ?? false });
    if (each.fails === undefined) return expect(expand()).toBe(each.expands);
    expect(expand).toThrow(EnvsubstError);
    expect(expand).toThrow(each.fails);
  });
});
