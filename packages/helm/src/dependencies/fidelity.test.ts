import { compareText } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { CHART_CASES, RANDOM_CHART_CASES } from '../../test/dependency-cases.ts';
import { recorded, tagged } from '../../test/recorded.ts';
import { resourceDefinitionsOf } from '../chart/resource-definitions.ts';
import { type Chart, filesOfDirectory, HelmError, loadChart } from '../index.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { readUserValues } from '../values/read-values.ts';
import type { Warning } from '../values/warning.ts';
import { processDependencies } from './process-dependencies.ts';

interface Tree {
  readonly name: string;
  readonly required: readonly string[];
  readonly charts: readonly Tree[];
}

interface Result {
  readonly tree?: Tree;
  readonly values?: unknown;
  readonly warnings: readonly string[];
  readonly error?: string;
  readonly crds?: readonly { readonly filename: string; readonly data: string }[];
}

const { version, results } = recorded<Result>('charts');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const treeOf = ({ metadata, dependencies }: Chart): Tree => ({
  name: metadata.name,
  required: (metadata.dependencies ?? []).map(({ name }) => name),
  charts: dependencies.map(treeOf),
});

/** The charts in charts/ come from Helm in no order; those that are asked for do. */
const inOrder = ({ name, required, charts }: Tree): Tree => {
  const unasked = charts.filter((chart) => !required.includes(chart.name)).sort((a, b) => compareText(a.name, b.name));
  return { name, required, charts: [...unasked, ...charts.filter((chart) => required.includes(chart.name))].map(inOrder) };
};

/** As Go's log prints a line, and as its structured one does. */
const line = ({ message, about }: Warning): string => {
  const quoted = (text: string): string => (/[\s"=]/.test(text) || text === '' ? JSON.stringify(text) : text);
  const fields = Object.entries(about).map(([key, value]) => ` ${key}=${quoted(value)}`);
  return fields.length === 0 ? message : `msg=${quoted(message)}${fields.join('')}`;
};

describe(`as helm ${version} prepares a chart`, () => {
  test.each(Object.entries({ ...CHART_CASES, ...RANDOM_CHART_CASES }))('%s', (name, { files, values }) => {
    const result = results[name];
    const given = readUserValues(bytes(values), 'given');
    const chart = loadChart(filesOfDirectory(new Map(Object.entries(files).map(([path, text]) => [path, bytes(text)]))), {
      unpack: () => [],
    });
    if (result?.error !== undefined) {
      const prepare = (): unknown => coalesceValues(processDependencies(chart, given).chart, given);
      expect(prepare).toThrow(new HelmError('invalid-values', result.error));
      return;
    }
    const processed = processDependencies(chart, given);
    const coalesced = coalesceValues(processed.chart, given);
    expect(inOrder(treeOf(processed.chart))).toEqual(result?.tree === undefined ? undefined : inOrder(result.tree));
    expect(tagged(coalesced.values)).toEqual(result?.values);
    const warnings = new Set([...processed.warnings, ...coalesced.warnings].map(line));
    expect([...warnings].sort()).toEqual(result?.warnings);
    const definitions = resourceDefinitionsOf(processed.chart).map(({ path, file }) => [path, new TextDecoder().decode(file.data)]);
    expect(definitions).toEqual(result?.crds?.map(({ filename, data }) => [filename, data]));
  });
});
