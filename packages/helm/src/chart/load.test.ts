import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { HelmError } from '../helm-error.ts';
import type { ArchiveEntry } from './archive.ts';
import { filesOfDirectory } from './directory.ts';
import { loadChart } from './load.ts';
import { renderChartFiles } from './package.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const chartYaml = (name: string): string => `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`;
const files = (texts: Readonly<Record<string, string>>) => new Map(Object.entries(texts).map(([path, text]) => [path, bytes(text)]));

// The archives of these tests are the names of what is in them.
const archives: Readonly<Record<string, readonly ArchiveEntry[]>> = {
  sub: [
    { name: 'sub/Chart.yaml', data: bytes(chartYaml('sub')) },
    { name: 'sub/charts/inner.tgz', data: bytes('inner') },
  ],
  inner: [{ name: 'inner/Chart.yaml', data: bytes(chartYaml('inner')) }],
  itself: [
    { name: 'a/Chart.yaml', data: bytes(chartYaml('a')) },
    { name: 'a/charts/itself.tgz', data: bytes('itself') },
  ],
  large: [
    { name: 'a/Chart.yaml', data: bytes(chartYaml('a')) },
    { name: 'a/b', data: new Uint8Array(600) },
  ],
};
const unpack = (archive: Uint8Array): readonly ArchiveEntry[] => archives[new TextDecoder().decode(archive)] ?? [];

describe('charts in charts/', () => {
  test('are loaded from archives in archives; hidden ones are not', () => {
    const chart = loadChart(files({ 'Chart.yaml': chartYaml('app'), 'charts/sub-0.1.0.tgz': 'sub', 'charts/.hidden.tgz': 'x' }), {
      unpack,
    });
    expect(chart.dependencies.map(({ metadata }) => metadata.name)).toEqual(['sub']);
    expect(chart.dependencies[0]?.dependencies.map(({ metadata }) => metadata.name)).toEqual(['inner']);
  });

  test('are packaged as directories', () => {
    const chart = loadChart(files({ 'Chart.yaml': chartYaml('app'), 'charts/sub-0.1.0.tgz': 'sub' }), { unpack });
    expect(renderChartFiles(chart).map(({ name }) => name)).toEqual([
      'app/Chart.yaml',
      'app/charts/sub/Chart.yaml',
      'app/charts/sub/charts/inner/Chart.yaml',
    ]);
  });

  test('that contain themselves have an end', () => {
    expect(() => loadChart(files({ 'Chart.yaml': chartYaml('app'), 'charts/itself.tgz': 'itself' }), { unpack })).toThrow(
      /nested more than 16 deep$/,
    );
  });

  test('count towards the size of the whole', () => {
    const two = { 'Chart.yaml': chartYaml('app'), 'charts/1.tgz': 'large', 'charts/2.tgz': 'large' };
    const limits = { maxBytes: 1_000, maxFileBytes: 1_000 };
    expect(() => loadChart(files(two), { unpack, limits })).toThrow(expect.objectContaining({ kind: 'too-large' }));
    expect(loadChart(files(two), { unpack, limits: { ...limits, maxBytes: 2_000 } }).dependencies).toHaveLength(2);
  });

  test('are named in what is wrong with them', () => {
    const broken = files({ 'Chart.yaml': chartYaml('app'), 'charts/sub/Chart.yaml': 'name: sub\n' });
    expect(() => loadChart(broken, { unpack })).toThrow(
      new HelmError('invalid-chart', 'error unpacking subchart sub in app: validation: chart.metadata.version is required'),
    );
  });
});

test('nothing of a chart reaches a prototype', () => {
  const chart = loadChart(
    files({ 'Chart.yaml': `${chartYaml('app')}__proto__: {name: x}\n`, 'values.yaml': '__proto__: {polluted: 1}\n' }),
    { unpack },
  );
  expect(Object.keys(chart.values)).toEqual(['__proto__']);
  expect(chart.metadata.name).toBe('app');
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test.each([
  ['100,000 brackets', '['.repeat(100_000)],
  [
    'an alias bomb',
    `a: &a [x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((key, at) => `${key}: &${key} [${Array(8).fill(`*${'abcdefghij'[at]}`)}]`)
      .join('\n')}`,
  ],
])('values that are %s', (_, values) => {
  expect(() => loadChart(files({ 'Chart.yaml': chartYaml('app'), 'values.yaml': values }), { unpack })).toThrow(
    expect.objectContaining({ name: 'HelmError', kind: 'invalid-values' }),
  );
});

describe('files of a directory', () => {
  test('that are too large are refused by name, unless they are ignored', () => {
    const large = new Map([...files({ 'Chart.yaml': chartYaml('a') }), ['big.bin', new Uint8Array(5_242_881)]]);
    expect(() => filesOfDirectory(large)).toThrow(
      new HelmError('too-large', 'cannot load file big.bin as file size (5242881) exceeds limit (5242880)'),
    );
    expect([...filesOfDirectory(new Map([...large, ['.helmignore', bytes('*.bin')]])).keys()]).toEqual(['.helmignore', 'Chart.yaml']);
  });

  test('lose their byte order mark', () => {
    const [file] = filesOfDirectory(new Map([['Chart.yaml', new Uint8Array([0xef, 0xbb, 0xbf, 0x61])]])).values();
    expect(file).toEqual(new Uint8Array([0x61]));
  });

  test('are matched in time, however many stars a pattern has', () => {
    const spentMs = startCpuTime();
    const name = 'a'.repeat(5_000);
    expect(
      filesOfDirectory(
        new Map([
          [name, new Uint8Array()],
          ['.helmignore', bytes(`${'*a'.repeat(50)}*b\n`)],
        ]),
      ).size,
    ).toBe(2);
    expect(spentMs()).toBeLessThan(2_000);
  });
});
