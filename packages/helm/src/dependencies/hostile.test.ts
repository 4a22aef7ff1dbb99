import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { type Chart, filesOfDirectory, HelmError, loadChart } from '../index.ts';
import { coalesceValues } from '../values/coalesce.ts';
import type { Values } from '../values/merge-maps.ts';
import { processDependencies } from './process-dependencies.ts';

type Files = Readonly<Record<string, string>>;

const METADATA = 'apiVersion: v2\nname: app\nversion: 1.0.0\n';
const load = (files: Files): Chart =>
  loadChart(filesOfDirectory(new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]))), {
    unpack: () => [],
  });
const chart = (dependencies: string, more: Files = {}): Chart =>
  load({ 'Chart.yaml': `${METADATA}${dependencies}`, 'charts/sub/Chart.yaml': 'name: sub\nversion: 1.0.0\n', ...more });
const prepared = (its: Chart, given: Values): Values => coalesceValues(processDependencies(its, given).chart, given).values;

describe('row 18: a dependency', () => {
  test.each(['"a/b"', '"../a"', '"a\\nb"', '"."', '"a\\0"', '"é"'])('under the alias %s is no dependency', (alias) => {
    expect(() => chart(`dependencies: [{name: sub, version: "*", alias: ${alias}}]\n`)).toThrow(HelmError);
  });

  test('under the name of the prototype takes nothing from it', () => {
    const values = prepared(
      chart('dependencies: [{name: sub, version: "*", alias: __proto__}]\n', { 'charts/sub/values.yaml': 'polluted: 1\n' }),
      {},
    );
    expect(JSON.stringify(values)).toBe('{"__proto__":{"global":{},"polluted":1}}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('row 19: a chart', () => {
  test.each(['[1]', '[null]', '[[a]]', 'text', '{a: b}'])('that imports the values %s is an error', (imports) => {
    expect(() => chart(`dependencies: [{name: sub, version: "*", import-values: ${imports}}]\n`)).toThrow(
      expect.objectContaining({ kind: 'invalid-chart' }),
    );
  });

  test.each(['dependencies: [null]', 'dependencies: text', 'maintainers: [null]', 'dependencies: [{name: sub, tags: text}]'])(
    'that says %s is an error',
    (line) => {
      expect(() => chart(`${line}\n`)).toThrow(expect.objectContaining({ kind: 'invalid-chart' }));
    },
  );

  test('whose conditions, tags and paths lead nowhere is itself', () => {
    const odd =
      'dependencies: [{name: sub, version: "*", condition: ",,.,..,constructor,__proto__.x", tags: ["", toString], import-values: [{}, {child: ., parent: .}, ""]}]\n';
    expect(processDependencies(chart(odd), { tags: {} }).chart.dependencies).toHaveLength(1);
  });

  test('with many charts in it, and much for each, is prepared in time', () => {
    const subcharts = Array.from({ length: 100 }, (_, at) => `charts/s${at}/Chart.yaml`);
    const files = Object.fromEntries(subcharts.map((path, at) => [path, `name: s${at}\nversion: 1.0.0\n`]));
    const requested = subcharts.map((_, at) => `- {name: s${at}, version: "*", condition: s${at}.on}\n`).join('');
    const globals = Array.from({ length: 300 }, (_, at) => `  k${at}: {a: {b: ${at}}}\n`).join('');
    const its = load({ 'Chart.yaml': `${METADATA}dependencies:\n${requested}`, 'values.yaml': `global:\n${globals}`, ...files });
    const spentMs = startCpuTime();
    expect(Object.keys(prepared(its, {}))).toHaveLength(101);
    expect(spentMs()).toBeLessThan(10_000);
  });
});
