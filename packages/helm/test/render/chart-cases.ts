import { chartFile, type RenderCase } from './case.ts';

const ABOUT =
  '{{ .Chart.Name }} {{ .Chart.IsRoot }} {{ .Template.Name }} {{ .Template.BasePath }}\n{{ toYaml .Values }}\n{{ range $n, $s := .Subcharts }}{{ $n }}: {{ toJson $s.Values }}\n{{ end }}';

const dependencies = (...entries: readonly string[]): string => `dependencies:\n${entries.map((entry) => `- ${entry}\n`).join('')}`;

export const CHART_SHAPES: Readonly<Record<string, RenderCase>> = {
  'subcharts, globals and values of theirs': {
    files: {
      'Chart.yaml': chartFile('app', dependencies('{name: one, version: 1.x.x}', '{name: two, version: ">=1"}')),
      'values.yaml': 'own: 1\nglobal: {g: 1, deep: {a: 1}}\none: {x: parent}\n',
      'templates/a.yaml': ABOUT,
      'charts/one/Chart.yaml': chartFile('one'),
      'charts/one/values.yaml': 'x: child\ny: child\nglobal: {deep: {b: 2}}\n',
      'charts/one/templates/a.yaml': ABOUT,
      'charts/one/charts/three/Chart.yaml': chartFile('three'),
      'charts/one/charts/three/templates/a.yaml': ABOUT,
      'charts/two/Chart.yaml': chartFile('two'),
      'charts/two/templates/a.yaml': ABOUT,
    },
    values: 'one: {three: {z: 1}}\n',
  },
  'conditions, tags and aliases': {
    files: {
      'Chart.yaml': chartFile(
        'app',
        dependencies(
          '{name: one, version: 1.2.3, condition: one.enabled}',
          '{name: one, version: 1.2.3, alias: other, tags: [extra]}',
          '{name: two, version: 1.2.3, condition: "two.on,global.two"}',
        ),
      ),
      'values.yaml': 'one: {enabled: false}\nother: {v: aliased}\ntags: {extra: true}\nglobal: {two: true}\n',
      'templates/a.yaml': `${ABOUT}{{ range .Chart.Dependencies }}{{ .Name }} {{ .Alias }} {{ .Condition }} {{ .Tags }} {{ .Enabled }};{{ end }}`,
      'charts/one/Chart.yaml': chartFile('one'),
      'charts/one/templates/a.yaml': ABOUT,
      'charts/two/Chart.yaml': chartFile('two'),
      'charts/two/templates/a.yaml': ABOUT,
    },
  },
  'a library': {
    files: {
      'Chart.yaml': chartFile('app', dependencies('{name: lib, version: 1.2.3}')),
      'templates/a.yaml': '{{ include "lib.labels" . }}',
      'charts/lib/Chart.yaml': chartFile('lib', 'type: library\n'),
      'charts/lib/templates/_l.tpl': '{{ define "lib.labels" }}{{ .Chart.Name }}: {{ .Release.Name }}{{ end }}',
      'charts/lib/templates/not.yaml': 'nobody sees this {{ nothing }}',
    },
  },
  'definitions of the upper chart win': {
    files: {
      'Chart.yaml': chartFile('app', dependencies('{name: one, version: 1.2.3}')),
      'templates/_a.tpl': '{{ define "x" }}app{{ end }}',
      'templates/a.yaml': '{{ include "x" . }}',
      'charts/one/Chart.yaml': chartFile('one'),
      'charts/one/templates/_a.tpl': '{{ define "x" }}one{{ end }}{{ define "y" }}only one{{ end }}',
      'charts/one/templates/a.yaml': '{{ include "x" . }} {{ include "y" . }}',
    },
  },
  'imported values': {
    files: {
      'Chart.yaml': chartFile(
        'app',
        dependencies('{name: one, version: 1.2.3, import-values: [data, {child: inner.deep, parent: taken}]}'),
      ),
      'templates/a.yaml': `${ABOUT}{{ (index .Chart.Dependencies 0).ImportValues }}`,
      'charts/one/Chart.yaml': chartFile('one'),
      'charts/one/values.yaml': 'exports: {data: {e: 1}}\ninner: {deep: {d: 2}}\n',
      'charts/one/templates/a.yaml': ABOUT,
    },
  },
  'a chart whose name has a dot': {
    files: {
      'Chart.yaml': chartFile('app'),
      'values.yaml': 'a.b: {x: 1}\na: {b: {x: 2}}\n',
      'charts/ab/Chart.yaml': chartFile('a.b'),
      'charts/ab/templates/a.yaml': ABOUT,
    },
  },
  'files of a subchart': {
    files: {
      'Chart.yaml': chartFile('app'),
      'f.txt': 'app',
      'templates/a.yaml': '{{ .Files.Get "f.txt" }} {{ .Subcharts.one.Files.Get "f.txt" }} {{ .Subcharts.one.Chart.Version }}',
      'charts/one/Chart.yaml': chartFile('one'),
      'charts/one/f.txt': 'one',
      'charts/one/templates/a.yaml': '{{ .Files.Get "f.txt" }}',
    },
  },
  'a chart of Helm 2': {
    files: {
      'Chart.yaml': 'apiVersion: v1\nname: app\nversion: 0.1.0\n',
      'requirements.yaml': dependencies('{name: one, version: 1.2.3, condition: one.on}'),
      'templates/a.yaml': '{{ toYaml .Chart }}\n{{ range $p, $_ := .Files }}{{ $p }} {{ end }}',
      'charts/one/Chart.yaml': chartFile('one'),
      'charts/one/templates/a.yaml': 'one',
    },
    values: 'one: {on: true}\n',
  },
  'hooks, tests, notes and documents': {
    files: {
      'Chart.yaml': chartFile('app'),
      'templates/hook.yaml': 'kind: Job\nmetadata:\n  annotations:\n    "helm.sh/hook": pre-install\n',
      'templates/tests/t.yaml': 'kind: Pod\nmetadata:\n  annotations: {"helm.sh/hook": test}\n',
      'templates/NOTES.txt': '1. {{ .Release.Name }}\n',
      'templates/many.yaml': '{{ range .Values.l }}---\nname: {{ . }}\n{{ end }}',
      'charts/one/Chart.yaml': chartFile('one'),
      'charts/one/templates/NOTES.txt': 'of one',
    },
    values: 'l: [a, b]\n',
  },
  'a null takes a default away': {
    files: { 'Chart.yaml': chartFile('app'), 'values.yaml': 'a: 1\nb: {c: 1, d: 2}\n', 'templates/a.yaml': '{{ toYaml .Values }}' },
    values: 'a: null\nb: {c: null}\n',
  },
  'an error in a chart in a chart': {
    files: {
      'Chart.yaml': chartFile('app'),
      'charts/one/Chart.yaml': chartFile('one'),
      'charts/one/templates/_h.tpl': '{{ define "one.x" }}{{ .Values.a.b.c }}{{ end }}',
      'charts/one/templates/a.yaml': 'x:\n  {{ include "one.x" . }}',
    },
  },
  'templates that are not text': {
    files: { 'Chart.yaml': chartFile('app'), 'templates/a.bin': '\u0000\u0001{{ .Release.Name }}', 'templates/b': 'no extension' },
  },
};
