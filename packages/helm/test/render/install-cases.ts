import { chartFile, type RenderCase } from './case.ts';
import { CHART_SHAPES } from './chart-cases.ts';

export interface InstallCase extends RenderCase {
  readonly postRender?: 'keep' | 'rename' | 'add' | 'drop' | 'show' | 'break' | 'fail';
  readonly strategy?: 'combined' | 'separate' | 'nohooks';
  readonly subNotes?: boolean;
}

const OBJECTS = {
  'Chart.yaml': chartFile('app'),
  'templates/_partial.yaml': 'kind: Nothing\n',
  'templates/blank.yaml': '\n \n',
  'templates/a.yaml': `# a comment
kind: ConfigMap
apiVersion: v1
metadata:
  name: a   # its name
  labels: {x: "1", y: 'z'}
data:
    deep:
        - one
        - "two"
    text: |
      lines
        of text
    folded: >-
      folded text
---
apiVersion: v1
kind: Service
metadata:
  name: a
  annotations:
    own: "yes"
`,
  'templates/hook.yaml': `kind: ServiceAccount
apiVersion: v1
metadata:
  name: a
  annotations:
    "helm.sh/hook": pre-install
---
kind: Job
metadata:
  name: job
  annotations: {helm.sh/hook: "pre-install,post-upgrade", helm.sh/hook-weight: "-1"}
`,
  'templates/bare.yaml': 'kind: Widget\n',
  'templates/list.yaml': 'kind: List\nitems:\n- kind: A\n  metadata: {name: x}\n- kind: B\n',
  'templates/together.yaml': '---apiVersion: v1\nkind: Secret\n--- # next\nkind: Secret\nmetadata: {}\n',
  'templates/NOTES.txt': 'Notes of {{ .Release.Name }}',
  'charts/one/Chart.yaml': chartFile('one'),
  'charts/one/templates/NOTES.txt': 'of one',
  'charts/one/templates/a.yaml': 'kind: Secret\nmetadata:\n  name: a\n',
  'crds/a.yaml': 'kind: CustomResourceDefinition\n',
};

const RENDERERS = ['keep', 'rename', 'add', 'drop', 'show', 'break', 'fail'] as const;
const STRATEGIES = ['combined', 'separate', 'nohooks'] as const;

const VALID_SHAPES = ['hooks, tests, notes and documents', 'a library', 'a null takes a default away', 'an error in a chart in a chart'];

export const INSTALLS: Readonly<Record<string, InstallCase>> = {
  'a release': { files: OBJECTS },
  'a release with all notes': { files: OBJECTS, subNotes: true },
  ...Object.fromEntries(
    RENDERERS.flatMap((postRender) =>
      STRATEGIES.map((strategy) => [`a release, post-rendered: ${postRender}, ${strategy}`, { files: OBJECTS, postRender, strategy }]),
    ),
  ),
  'no YAML before a post-renderer': { files: { 'Chart.yaml': chartFile('app'), 'templates/a.yaml': 'a: [\n' }, postRender: 'keep' },
  'nothing for a post-renderer': { files: { 'Chart.yaml': chartFile('app') }, postRender: 'keep' },
  'a template that is no YAML': { files: { 'Chart.yaml': chartFile('app'), 'templates/a.yaml': 'a: [\n' } },
  'another version of Kubernetes': { files: { 'Chart.yaml': chartFile('app', 'kubeVersion: ">=1.99"\n') } },
  'a version of Kubernetes that is none': { files: { 'Chart.yaml': chartFile('app', 'kubeVersion: "new"\n') } },
  'this version of Kubernetes': { files: { 'Chart.yaml': chartFile('app', 'kubeVersion: ">=1.20.0-0 <2"\n') } },
  ...Object.fromEntries(VALID_SHAPES.map((name) => [`a release of: ${name}`, CHART_SHAPES[name] ?? { files: {} }])),
};
