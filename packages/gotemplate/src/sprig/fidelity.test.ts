import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DATA } from '../../test/cases.ts';
import { SPRIG_CASES } from '../../test/sprig/cases.ts';
import { templateOf } from '../../test/sprig/sprig-cases.ts';
import { valueOfJson } from '../../test/typed-json.ts';
import { TemplateError, TemplateSet } from '../index.ts';
import { sprigFunctions } from './index.ts';

interface Recorded {
  readonly go: string;
  readonly sprig: string;
  /** Of Sprig's own map, without what Helm takes out of it. */
  readonly names: readonly string[];
  readonly outcomes: Readonly<Record<string, readonly { readonly template: string; readonly expands?: string; readonly fails?: string }[]>>;
}

// What Go makes of each template is written in the file: where our result or the text of our error differs, ours is wrong.
const { go, sprig, names, outcomes } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../testdata/recorded-sprig.json'), 'utf8'),
) as Recorded;

const functions = sprigFunctions();

/** A byte that is none of UTF-8 is a replacement character in the file. */
const asRecorded = (text: string): string => text.replaceAll(/[\ud800-\udfff]/gu, '\ufffd');

/** Of functions that are asked for at a standing clock: recordings of their own, beside those of their groups. */
const elsewhere = ['dates.json', 'crypto.json'].map((file) => readFileSync(join(import.meta.dirname, '../../testdata', file), 'utf8'));

test('every function of Sprig is there, and no other', () => {
  expect([...functions.keys()].sort()).toEqual([...names].sort());
});

test('every function is asked at least twice', () => {
  const rarely = names.filter((name) => {
    const asked = new RegExp(`\\b${name}\\b`);
    const calls = (SPRIG_CASES[name] ?? []).filter((call) => asked.test(call));
    return calls.length < 2 && elsewhere.flatMap((recorded) => recorded.split('\n').filter((line) => asked.test(line))).length < 2;
  });
  expect(rarely).toEqual([]);
});

describe.each(Object.entries(SPRIG_CASES))(`%s, as Sprig ${sprig} with ${go} has it`, (name, calls) => {
  test.each(calls.map((call, index) => [index, call] as const))('%i: %s', (index, call) => {
    const outcome = outcomes[name]?.[index];
    const template = templateOf(call);
    expect(outcome?.template, 'recorded anew: scripts/record-main.ts').toBe(template);
    const execute = (): string => {
      const set = new TemplateSet({ name: 't', functions });
      set.parse('t', template);
      return asRecorded(set.execute('t', valueOfJson(DATA as Parameters<typeof valueOfJson>[0])));
    };
    if (outcome?.fails === undefined) return expect(execute()).toBe(outcome?.expands);
    expect(execute).toThrow(TemplateError);
    expect(execute).toThrow(expect.objectContaining({ message: outcome.fails }));
  });
});
