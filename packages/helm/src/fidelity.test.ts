import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHARTS } from '../test/chart-cases.ts';
import { type Chart, filesOfArchive, filesOfDirectory, HelmError, loadChart, renderChartFiles } from './index.ts';

interface Recorded {
  readonly version: string;
  readonly charts: Readonly<Record<string, { readonly files?: readonly (readonly [string, string])[]; readonly error?: string }>>;
}

const { version, charts }: Recorded = JSON.parse(readFileSync(join(import.meta.dirname, '../testdata/packaged.json'), 'utf8'));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const nothing = (): never[] => [];
const load = (files: Readonly<Record<string, string>>): Chart =>
  loadChart(filesOfDirectory(new Map(Object.entries(files).map(([path, text]) => [path, bytes(text)]))), { unpack: nothing });

describe(`as helm ${version} packages it`, () => {
  test.each(Object.entries(CHARTS))('%s', (name, files) => {
    const recorded = charts[name];
    if (recorded?.files === undefined) {
      const error = recorded?.error?.replace(/^Error: /, '') ?? '';
      const message = error.startsWith('validation: ') ? error : expect.any(String);
      expect(() => renderChartFiles(load(files))).toThrow(HelmError);
      expect(() => renderChartFiles(load(files))).toThrow(expect.objectContaining({ message }));
      return;
    }
    const packaged = renderChartFiles(load(files));
    expect(packaged.map((file) => [file.name, new TextDecoder().decode(file.data)])).toEqual(recorded.files);
    const entries = packaged.map((file) => ({ name: file.name, data: file.data }));
    expect(renderChartFiles(loadChart(filesOfArchive(entries), { unpack: nothing }))).toEqual(packaged);
  });
});
