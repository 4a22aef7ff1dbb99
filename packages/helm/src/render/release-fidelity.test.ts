import { describe, expect, test } from 'vitest';
import { recorded } from '../../test/recorded.ts';
import { INSTALLS, type InstallCase } from '../../test/render/install-cases.ts';
import { filesOfDirectory, HelmError, loadChart, postRendered, readUserValues, renderManifests } from '../index.ts';
import { renderRelease } from './index.ts';

interface Result {
  readonly manifest?: string;
  readonly hooks?: readonly { readonly path: string; readonly manifest: string }[];
  readonly notes?: string;
  readonly error?: string;
}

const { version, results } = recorded<Result>('installs');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What testdata/record-engine does with what it gets. */
const RENDERERS = {
  keep: (text: string) => text,
  rename: (text: string) => text.replaceAll('name: a', 'name: changed'),
  add: (text: string) => `${text}---\nkind: ConfigMap\nmetadata:\n  name: new\n`,
  drop: () => 'kind: ConfigMap\nmetadata:\n  name: only\n',
  show: (text: string) => `kind: ConfigMap\nmetadata:\n  name: shown\ndata:\n  text: ${JSON.stringify(text)}\n`,
  break: () => 'a: [\n',
  fail: () => {
    throw new Error('it failed');
  },
} as const;

function install({ files, values = '', postRender, strategy, subNotes = false }: InstallCase): Result {
  const chart = loadChart(filesOfDirectory(new Map(Object.entries(files).map(([path, text]) => [path, bytes(text)]))), {
    unpack: () => [],
  });
  try {
    const { manifests, hooks, notes } = renderRelease(chart, readUserValues(bytes(values), 'given'), {
      release: { name: 'rel', namespace: 'ns', revision: 1, isUpgrade: false },
      withSubchartNotes: subNotes,
      ...(postRender === undefined ? {} : { postRender: (rendered) => postRendered(rendered, RENDERERS[postRender], strategy) }),
    });
    return { manifest: renderManifests(manifests), hooks: hooks.map(({ path, manifest }) => ({ path, manifest })), notes };
  } catch (error) {
    if (error instanceof HelmError) return { error: error.message };
    throw error;
  }
}

/** What is wrong with YAML, each library says in its own words. */
const withoutYaml = ({ error, ...result }: Result): Result =>
  error === undefined ? result : { error: error.replace(/(?:error converting YAML to JSON|MalformedYAMLError|invalid YAML): .*/s, '') };

describe(`as helm ${version} makes a release`, () => {
  test.each(Object.entries(INSTALLS))('%s', (name, one) => {
    expect(withoutYaml(install(one))).toEqual(withoutYaml(results[name] ?? {}));
  });
});
