import { describe, expect, test } from 'vitest';
import { CHART_CASES } from '../../test/dependency-cases.ts';
import { recorded } from '../../test/recorded.ts';
import { FORMAT_CASES, SCHEMAS, type SchemaCase } from '../../test/schema-cases.ts';
import { processDependencies } from '../dependencies/process-dependencies.ts';
import { HelmError } from '../helm-error.ts';
import { filesOfDirectory, loadChart } from '../index.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { readUserValues } from '../values/read-values.ts';
import { createSchemaCache } from './schema-cache.ts';
import { validateValues } from './validate-values.ts';

interface Result {
  readonly error?: string;
}

const { version, results } = recorded<Result>('schemas');
const charts = recorded<{ readonly invalid?: string }>('charts');
const cache = createSchemaCache();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function messageOf({ schema, values }: SchemaCase): string | undefined {
  const files = new Map([
    ['Chart.yaml', bytes('apiVersion: v2\nname: app\nversion: 1.0.0\n')],
    ['values.schema.json', bytes(schema)],
  ]);
  try {
    validateValues(loadChart(files, { unpack: () => [] }), readUserValues(bytes(values), 'values'), cache);
    return undefined;
  } catch (error) {
    if (!(error instanceof HelmError)) throw error;
    return error.message.slice(error.message.indexOf(':\napp:\n') + ':\napp:\n'.length);
  }
}

interface Line {
  readonly text: string;
  readonly below: readonly Line[];
}

/** Helm goes through maps in no order: what comes from one thing is compared in the order of its text. */
function comparable(message: string): unknown {
  const read = (lines: readonly string[], indent: string): readonly Line[] => {
    const starts = lines.flatMap((line, at) => (line.startsWith(`${indent}- `) ? [at] : []));
    return starts.map((start, at) => ({ text: lines[start] ?? '', below: read(lines.slice(start + 1, starts[at + 1]), `${indent}  `) }));
  };
  const sorted = (lines: readonly Line[]): unknown =>
    lines
      .map(({ text, below }) => ({ text: namesSorted(text), below: sorted(below) }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const lines = message.trimEnd().split('\n');
  return { first: lines.find((line) => !line.trimStart().startsWith('- ')), lines: sorted(read(lines, '')) };
}

const namesSorted = (text: string): string =>
  text.replace(
    /additional properties (.*) not allowed/,
    (_, names: string) => `additional properties ${names.split(', ').sort().join(', ')}`,
  );

/** Told in other words, on purpose (docs/helm-engine.md), or by Helm in a random order. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'first items': "- at '/a/0': got number, want string\n- at '/a/1': got string, want integer\n- at '/a/2': got number, want boolean",
  'first items of draft 7':
    "- at '/a': validation failed\n  - at '/a/0': got number, want string\n  - at '/a': last 2 additionalItem(s) not allowed\n- at '/b/1': got number, want string",
  'no further items': "- at '/a/1': false schema",
  'the same id twice': 'duplicate id "https://example.com/x" in "file:///values.schema.json" at "/$defs/b" and "/$defs/a"',
  'the same anchor twice': 'duplicate anchor "x" in "file:///values.schema.json" at "/$defs/a" and "/$defs/b"',
  'a schema of an unknown draft': 'failing loading "file:///nowhere": schemas are not fetched, nor read from files',
};

describe(`as helm ${version} checks values`, () => {
  test.each(Object.entries(SCHEMAS))('%s', (name, one) => {
    const expected = DIFFERENT[name] ?? results[name]?.error;
    const message = messageOf(one);
    if (expected === undefined || Object.hasOwn(FORMAT_CASES, name)) expect(message === undefined).toBe(expected === undefined);
    else expect(comparable(message ?? '')).toEqual(comparable(expected));
  });

  test.each(Object.entries(charts.results).filter(([, { invalid }]) => invalid !== undefined))('%s', (name, { invalid = '' }) => {
    const { files = {}, values = '' } = CHART_CASES[name] ?? {};
    const given = readUserValues(bytes(values), 'given');
    const loaded = loadChart(filesOfDirectory(new Map(Object.entries(files).map(([path, text]) => [path, bytes(text)]))), {
      unpack: () => [],
    });
    const { chart } = processDependencies(loaded, given);
    const message = `values don't meet the specifications of the schema(s) in the following chart(s):\n${invalid}`;
    expect(() => validateValues(chart, coalesceValues(chart, given).values, cache)).toThrow(new HelmError('invalid-values', message));
  });
});
