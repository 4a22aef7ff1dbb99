import { type Chart, filesOfDirectory, loadChart } from '../src/index.ts';
import { HookEvent } from '../src/manifests/hook.ts';
import { type Release, ReleaseStatus } from '../src/release/release.ts';

type Files = Readonly<Record<string, string>>;

export interface ReleaseCase {
  readonly files: Files;
  readonly release: Release;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const chartOf = (files: Files): Chart =>
  loadChart(filesOfDirectory(new Map(Object.entries(files).map(([path, text]) => [path, bytes(text)]))), { unpack: () => [] });

const METADATA = 'apiVersion: v2\nname: app\nversion: 1.0.0\n';

function release(files: Files, more: Partial<Release>): ReleaseCase {
  const info = {
    firstDeployed: '2024-05-06T07:08:09.123456789Z',
    lastDeployed: '2024-05-06T09:08:09+02:00',
    description: 'Install complete',
    status: ReleaseStatus.Deployed,
    notes: '',
  };
  const all: Release = {
    name: 'web',
    namespace: 'apps',
    version: 1,
    info,
    chart: chartOf(files),
    config: {},
    manifest: '',
    hooks: [],
    labels: {},
    ...more,
  };
  return { files, release: all };
}

/** Releases: what the real Helm stores of each is in testdata/engine/releases.json, and what it reads of what we store in stored.json. */
export const RELEASES: Readonly<Record<string, ReleaseCase>> = {
  'a small one': release({ 'Chart.yaml': METADATA }, {}),
  everything: release(
    {
      'Chart.yaml': `${METADATA}kubeVersion: ">=1.20"\ndescription: <a> & "b" \u{1f600}\ntype: application\nkeywords: [b, a]\nhome: https://example.com/?a=1&b=2\nsources: [x]\nmaintainers: [{name: n, email: e, url: u}, {url: v}]\nicon: i\nappVersion: "1.2"\ndeprecated: true\ncondition: c\ntags: t\nannotations: {z: "1", a: "2", "10": x, "9": y}\ndependencies:\n- {name: d, version: "*", repository: "https://example.com", condition: d.on, tags: [t], alias: e, import-values: [data, {child: a, parent: b}]}\n`,
      'Chart.lock':
        'dependencies: [{name: d, version: 1.2.3, repository: "https://example.com"}]\ndigest: sha256:abc\ngenerated: "2024-01-02T03:04:05.6Z"\n',
      'values.yaml':
        'a: 1\nb: 1.5\nc: 1000000\nd: 9007199254740993\ne: null\nf: [true, {"10": 1, "9": 2, a: 3}]\ng: "<&>"\nh: 1e21\ni: 1e-7\nj: 1e300\nk: -0.0\n',
      'values.schema.json': '{"type": "object"}\n',
      'templates/a.yaml': 'kind: {{ .Values.a }}\n',
      'templates/NOTES.txt': 'Thank you\n',
      'README.md': '# Read\n',
      'crds/a.yaml': 'kind: CustomResourceDefinition\n',
      'charts/d/Chart.yaml': 'apiVersion: v2\nname: d\nversion: 1.2.3\n',
    },
    {
      version: 12,
      config: { a: 2, b: { c: null, d: [1, 'x', {}] }, e: 5n, f: -7n, g: 1e21, h: '<script>&\u2029' },
      manifest: '---\n# Source: app/templates/a.yaml\nkind: <a> & b\n',
      hooks: [
        {
          name: 'a',
          kind: 'Job',
          path: 'app/templates/hook.yaml',
          manifest: 'kind: Job\n',
          events: [HookEvent.PreInstall, HookEvent.Test],
          weight: -5,
          deletePolicies: ['hook-succeeded'],
          outputLogPolicies: ['hook-failed'],
          lastRun: { startedAt: '2024-05-06T07:08:09Z', completedAt: '2024-05-06T07:08:10.5Z', phase: 'Succeeded' },
        },
        {
          name: 'b',
          kind: 'Pod',
          path: 'app/templates/test.yaml',
          manifest: 'kind: Pod\n',
          events: [],
          weight: 0,
          deletePolicies: [],
          outputLogPolicies: [],
          lastRun: { phase: '' },
        },
      ],
      info: {
        firstDeployed: '2024-05-06T07:08:09Z',
        lastDeployed: '2024-05-06T07:08:09Z',
        deleted: '2025-01-01T00:00:00Z',
        description: 'Uninstalled',
        status: ReleaseStatus.Uninstalling,
        notes: 'Thank you <\n',
      },
      labels: { team: 'a', name: 'not this', owner: 'nor this' },
      applyMethod: 'ssa',
    },
  ),
  'empty values.yaml': release({ 'Chart.yaml': METADATA, 'values.yaml': '' }, { applyMethod: 'csa' }),
  'a lock of nothing': release({ 'Chart.yaml': METADATA, 'Chart.lock': 'digest: x\ngenerated: "2024-01-02T03:04:05Z"\n' }, {}),
  'a v1 chart': release(
    { 'Chart.yaml': 'name: app\nversion: 1.0.0\n', 'requirements.yaml': 'dependencies: [{name: d, version: "*", repository: x}]\n' },
    {},
  ),
  pending: release(
    { 'Chart.yaml': METADATA },
    { info: { description: 'Initial install underway', status: ReleaseStatus.PendingInstall, notes: '' } },
  ),
};

/** What the engine's Go program reads: it loads the chart itself. */
export const releaseInput = (cases: Readonly<Record<string, ReleaseCase>>, json: (release: Release) => string): unknown =>
  Object.fromEntries(
    Object.entries(cases).map(([name, { files, release: its }]) => [
      name,
      { chart: files, release: JSON.parse(json(its)), labels: its.labels },
    ]),
  );
