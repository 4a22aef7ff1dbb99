import { chartFile, each, one, type RenderCase } from './case.ts';

const FULL = chartFile(
  'app',
  `appVersion: "7.0"
home: https://example.com
sources: [https://example.com/a, https://example.com/b]
description: An app
keywords: [one, two]
maintainers: [{name: Ann, email: ann@example.com}, {name: Bo, url: https://example.com/bo}]
icon: https://example.com/i.svg
condition: app.on
tags: some
deprecated: true
annotations: {b: "2", a: one, 'x/y': "true"}
kubeVersion: ">=1.20.0-0"
type: application
`,
);

const FIELDS = [
  'Name',
  'Home',
  'Sources',
  'Version',
  'Description',
  'Keywords',
  'Maintainers',
  'Icon',
  'APIVersion',
  'Condition',
  'Tags',
  'AppVersion',
  'Deprecated',
  'Annotations',
  'KubeVersion',
  'Dependencies',
  'Type',
  'IsRoot',
  'Nothing',
];

const about = (fields: readonly string[], of: string): string =>
  fields.map((field) => `${field}={{ ${of}.${field} }} {{ printf "%T" ${of}.${field} }}\n`).join('');

const FILES = {
  'Chart.yaml': chartFile('app'),
  'config/a.txt': 'one\ntwo\n',
  'config/b.yaml': 'x: "1"\n',
  'config/deep/c.txt': 'three',
  'config/deep/er/d.txt': '\n\n',
  'config/empty': '',
  LICENSE: 'Mine: "é"\n',
  'README.md': '# App\n',
  'crds/x.yaml': 'kind: X\n',
  'templates/_p.tpl': 'p',
};

const withFiles = (text: string): RenderCase => ({ files: { ...FILES, 'templates/a.txt': text } });

const GLOBS = [
  '**',
  '*',
  'config/*',
  'config/**',
  'config/**.txt',
  '**/*.txt',
  '*.md',
  'config/?.*',
  'config/{a,b}.*',
  'config/{b.yaml,deep/*}',
  'config/[a-b].*',
  'config/[!a].*',
  'config/[ab].txt',
  '{README,LICENSE}*',
  '{config/{a.txt,b.yaml},LICENSE}',
  'config\\\\/a.txt',
  'c*/d*/*',
  'LICENSE',
  '',
  '[',
  'config/[b-a].txt',
  'config/{a',
  'config/a}.txt',
  '?ICENSE',
  '***',
  'config/{,deep/}*.txt',
  '**deep**',
  'a,b',
  '{*.md,**/c.txt}',
  '[!R]*',
  'config/*.{txt,yaml}',
  'config/deep/**/d.txt',
  '**/**/d.txt',
];

export const OBJECT_CASES: Readonly<Record<string, RenderCase>> = {
  'all fields of a Chart.yaml': { files: { 'Chart.yaml': FULL, 'templates/a.txt': about(FIELDS, '.Chart') } },
  'no fields of a Chart.yaml': { files: { 'Chart.yaml': chartFile('app'), 'templates/a.txt': about(FIELDS, '.Chart') } },
  'the Chart.yaml as YAML': { files: { 'Chart.yaml': FULL, 'templates/a.txt': '{{ toYaml .Chart }}' } },
  'annotations by name': {
    files: {
      'Chart.yaml': FULL,
      'templates/a.txt':
        '{{ index .Chart.Annotations "x/y" }}{{ index .Chart.Annotations "no" }}|{{ .Chart.Annotations.a }}|{{ .Chart.Annotations.no }}|{{ range $k, $v := .Chart.Annotations }}{{ $k }}={{ $v }},{{ end }}',
    },
  },
  maintainers: {
    files: { 'Chart.yaml': FULL, 'templates/a.txt': '{{ range .Chart.Maintainers }}{{ .Name }} {{ .Email }} {{ .URL }};{{ end }}' },
  },
  ...each('release', [
    '{{ .Release }}',
    '{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.Revision }} {{ .Release.IsInstall }} {{ .Release.IsUpgrade }} {{ .Release.Service }}',
    '{{ printf "%T %T" .Release.Revision .Release }}',
    '{{ .Release.Time }}|{{ .Release.Nothing }}',
    '{{ .Release.Name.First }}',
    '{{ toYaml .Release }}',
  ]),
  'an upgrade': { ...one('{{ .Release.IsUpgrade }} {{ .Release.IsInstall }}'), isUpgrade: true },
  ...each('capabilities', [
    '{{ .Capabilities.KubeVersion }}',
    '{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion.GitVersion }} {{ .Capabilities.KubeVersion.Major }} {{ .Capabilities.KubeVersion.Minor }}',
    '{{ .Capabilities.KubeVersion.String }}',
    '{{ printf "%s %v %+v %T" .Capabilities.KubeVersion .Capabilities.KubeVersion .Capabilities.KubeVersion .Capabilities.KubeVersion }}',
    '{{ .Capabilities.KubeVersion.normalizedVersion }}',
    '{{ .Capabilities.KubeVersion.Patch }}',
    '{{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.APIVersions.Has "apps/v9" }} {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}',
    '{{ .Capabilities.APIVersions }}',
    '{{ printf "%T" .Capabilities.APIVersions }} {{ len .Capabilities.APIVersions }} {{ index .Capabilities.APIVersions 0 }}',
    '{{ .Capabilities.HelmVersion.Version }} {{ .Capabilities.HelmVersion.GitCommit }} {{ .Capabilities.HelmVersion.GoVersion }}',
    '{{ .Capabilities.HelmVersion }}',
    '{{ toYaml .Capabilities.HelmVersion }}|{{ toJson .Capabilities.KubeVersion }}',
    '{{ $k := .Capabilities.KubeVersion }}{{ $k }} {{ $k.Minor }}',
    '{{ with .Capabilities.KubeVersion }}{{ . }}{{ end }}',
    '{{ if eq .Capabilities.KubeVersion "v1.36.0" }}x{{ end }}',
    '{{ .Capabilities.Nothing }}',
    '{{ printf "%T" .Capabilities }}',
    '{{ range .Capabilities.APIVersions }}{{ . }} {{ end }}',
    '{{ .Capabilities.APIVersions.Has }}',
    '{{ .Capabilities.APIVersions.Has 1 }}',
    '{{ .Capabilities.APIVersions.Has "a" "b" }}',
    '{{ .Capabilities.KubeVersion.GitVersion "x" }}',
  ]),
  'a version of the cluster': {
    ...one(
      '{{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion.Major }}.{{ .Capabilities.KubeVersion.Minor }}',
    ),
    kubeVersion: '1.29.4-gke.100+x',
  },
  'a short version of the cluster': { ...one('{{ .Capabilities.KubeVersion }}'), kubeVersion: '1.29' },
  'no version of the cluster': { ...one('{{ .Capabilities.KubeVersion }}'), kubeVersion: '1' },
  'a zero before the version of the cluster': { ...one(''), kubeVersion: '01.2' },
  'a word as the version of the cluster': { ...one(''), kubeVersion: 'new' },
  'more APIs': {
    ...one('{{ .Capabilities.APIVersions.Has "a/v1/B" }} {{ .Capabilities.APIVersions.Has "apps/v1" }}'),
    apiVersions: ['a/v1/B'],
  },
  ...each(
    'template',
    [
      '{{ .Template.Name }} {{ .Template.BasePath }} {{ printf "%T" .Template }}',
      '{{ .Template }}',
      '{{ printf "%T %T" . .Values }}',
      '{{ printf "%T" .Files }}',
      '{{ printf "%T %T" .Subcharts .Chart }}',
      '{{ .Nothing }}|{{ .Values.a.b }}',
      '{{ .Values.nothing }}|{{ .Values.nothing | printf "%v" }}|{{ .Values.x }}',
      '{{ $.Values }}',
    ],
    'x: 1\n',
  ),
  ...each(
    'values',
    [
      '{{ dig "a" "b" "none" .Values.AsMap }}|{{ dig "a" "c" "none" .Values.AsMap }}|{{ printf "%T" .Values.AsMap }}',
      '{{ dig "a" "b" "none" .Values }}',
      '{{ .Values.YAML }}|{{ .Template.YAML }}',
      '{{ (.Values.Table "a").b }}|{{ printf "%T" (.Values.Table "a.d") }}|{{ (.Values.Table "a").AsMap }}',
      '{{ .Values.Table "a.b" }}',
      '{{ .Values.Table "a.no.x" }}',
      '{{ .Values.Table "" }}',
      '{{ .Values.PathValue "a.b" }}|{{ .Values.PathValue "a.d.e" }}|{{ .Values.PathValue "nil" }}',
      '{{ .Values.PathValue "a.d" }}',
      '{{ .Values.PathValue "no.d.e" }}',
      '{{ .Values.PathValue "" }}',
      '{{ .Values.AsMap.YAML }}|{{ .Values.a.YAML }}',
      '{{ .Values.AsMap 1 }}',
      '{{ .PathValue "Values.a" }}',
      '{{ .PathValue "Release.Name" }}',
    ],
    'a: {b: 1, d: {e: x}, YAML: own}\nnil: null\nYAML: hidden\n',
  ),
  ...Object.fromEntries(
    GLOBS.map((glob) => [`files: ${glob}`, withFiles(`{{ range $path, $_ := .Files.Glob "${glob}" }}{{ $path }}\n{{ end }}`)]),
  ),
  ...Object.fromEntries(
    [
      '{{ .Files.Get "config/a.txt" }}|{{ .Files.Get "nothing" }}|{{ .Files.Get "templates/a.txt" }}{{ .Files.Get "Chart.yaml" }}{{ .Files.Get "values.yaml" }}',
      '{{ .Files.GetBytes "config/a.txt" }}|{{ .Files.GetBytes "nothing" }}',
      '{{ (.Files.Glob "config/*").AsConfig }}',
      '{{ (.Files.Glob "config/*").AsSecrets }}',
      '{{ (.Files.Glob "config/**").AsConfig }}',
      '{{ (.Files.Glob "nothing").AsConfig }}|{{ (.Files.Glob "nothing").AsSecrets }}|{{ .Files.Glob "nothing" }}',
      '{{ range .Files.Lines "config/a.txt" }}<{{ . }}>{{ end }}',
      '{{ range .Files.Lines "config/deep/er/d.txt" }}<{{ . }}>{{ end }}',
      '{{ .Files.Lines "config/deep/c.txt" }} {{ len (.Files.Lines "nothing") }} {{ printf "%T" (.Files.Lines "nothing") }}',
      '{{ range $path, $bytes := .Files.Glob "config/?.*" }}{{ $path }}: {{ printf "%s" $bytes }}{{ $bytes }};{{ end }}',
      '{{ index .Files "LICENSE" | printf "%s" }}',
      '{{ len .Files }} {{ range $path, $_ := .Files }}{{ $path }} {{ end }}',
      '{{ .Files.LICENSE | printf "%s" }}{{ .Files.nothing }}',
      '{{ .Files.Get }}',
      '{{ .Files.Get 1 }}',
      '{{ .Files.Glob "config/*" "x" }}',
      '{{ toYaml (.Files.Glob "config/?.*") }}',
      '{{ (.Files.Glob "config/*").Get "config/a.txt" }}{{ (.Files.Glob "config/*").Get "LICENSE" }}',
      '{{ .Files.Lines "config/empty" }}',
    ].map((text) => [`files: ${text}`, withFiles(text)]),
  ),
};
