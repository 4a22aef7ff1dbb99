import { describe, expect, test } from 'vitest';
import { recorded } from '../../test/recorded.ts';
import type { RenderCase } from '../../test/render/case.ts';
import { RENDERS } from '../../test/render/cases.ts';
import { RECURSIONS } from '../../test/render/template-cases.ts';
import {
  type Chart,
  coalesceValues,
  filesOfDirectory,
  HelmError,
  loadChart,
  processDependencies,
  readUserValues,
  setValues,
} from '../index.ts';
import { renderInWorker } from '../worker/render-in-worker.ts';
import { DEFAULT_CAPABILITIES, parseKubeVersion, renderChart } from './index.ts';

interface Result {
  readonly files?: Readonly<Record<string, string>>;
  readonly error?: string;
}

const { version, results } = recorded<Result>('renders');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const RELEASE = { name: 'rel', namespace: 'ns', revision: 1, isUpgrade: false };

const chartOf = (files: Readonly<Record<string, string>>): Chart =>
  loadChart(filesOfDirectory(new Map(Object.entries(files).map(([path, text]) => [path, bytes(text)]))), { unpack: () => [] });

function render({ files, values = '', set = [], isUpgrade = false, kubeVersion, apiVersions = [] }: RenderCase): Result {
  try {
    const given = set.reduce((all, text) => setValues(all, 'set', text), readUserValues(bytes(values), 'given'));
    const chart = chartOf(files);
    const capabilities = {
      ...DEFAULT_CAPABILITIES,
      ...(kubeVersion === undefined ? {} : { kubeVersion: parseKubeVersion(kubeVersion) }),
      apiVersions: [...DEFAULT_CAPABILITIES.apiVersions, ...apiVersions],
    };
    const processed = processDependencies(chart, given).chart;
    const release = { ...RELEASE, isUpgrade };
    return { files: Object.fromEntries(renderChart(processed, coalesceValues(processed, given).values, { release, capabilities })) };
  } catch (error) {
    if (error instanceof HelmError) return { error: error.message };
    throw error;
  }
}

describe(`as helm ${version} renders`, () => {
  test.each(Object.entries(RENDERS).filter(([name]) => !Object.hasOwn(RECURSIONS, name)))('%s', (name, one) => {
    expect(render(one)).toEqual(results[name]);
  });

  test.each(Object.entries(RECURSIONS))('in a thread: %s', async (name, { files }) => {
    const request = { chart: chartOf(files), values: {}, options: { release: RELEASE } };
    expect(await renderInWorker(request, { deadlineMs: 30_000, maxHeapMiB: 256 })).toEqual({
      ok: false,
      reason: 'invalid-template',
      message: results[name]?.error,
    });
  });
});
