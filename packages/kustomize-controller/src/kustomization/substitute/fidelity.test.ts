import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Unstructured } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { substitute } from './substitute.ts';
import { SubstitutionError } from './substitution-error.ts';

interface Recorded {
  readonly program: string;
  readonly cases: readonly {
    readonly data: Readonly<Record<string, string>>;
    readonly v: string;
    readonly becomes?: unknown;
    readonly fails?: string;
  }[];
}

// What the real controller's library makes of the data of a ConfigMap is written beside them: printed as YAML, expanded, and read again.
const file = join(import.meta.dirname, '../../../testdata/substitutions.json');
const { program, cases } = JSON.parse(readFileSync(file, 'utf8')) as Recorded;

/** JSON numbers as JavaScript has them. */
const asNumbers = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? Number(each) : each)));

describe(`as ${program} substitutes`, () => {
  test.each(cases.map((each) => [JSON.stringify(each.data), JSON.stringify(each.v), each] as const))('%s with %s', (...[, , each]) => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'app' }, data: each.data } as Unstructured;
    const values = [
      ['v', each.v],
      ['q', '"'],
    ] as const;
    const run = () =>
      substitute([object], { variables: { kind: 'known', values, secret: [] }, strict: true, always: false }).objects[0]?.data;
    if (each.fails === undefined) expect(asNumbers(run())).toEqual(each.becomes);
    else expect(run).toThrow(SubstitutionError);
  });
});
