/** Charts by their files: what the real helm makes of each is in testdata/packaged.json (scripts/record-main.ts writes it). */
export const CHARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  minimal: { 'Chart.yaml': 'apiVersion: v2\nname: minimal\nversion: 0.1.0\n' },
  'every field': {
    'Chart.yaml': `name: every
apiVersion: v2
version: v1.2
kubeVersion: ">=1.20.0-0"
description: "A description that is longer than eighty characters, so that it has to be folded somewhere: here"
type: application
keywords: [b, a, 1.10, yes]
home: https://example.com?a=<b>&c
sources:
  - https://example.com/every
dependencies: []
maintainers:
  - name: Somebody
    email: somebody@example.com
  - url: https://example.com/else
icon: https://example.com/icon.png
appVersion: 1.10
deprecated: true
condition: a.enabled
tags: front
annotations:
  z/last: "1"
  a/first: true
  category: |
    - one
    - two
unknown: is dropped
`,
    'values.yaml': '# a comment\nport: 80 # stays\n',
    'values.schema.json': '{"type": "object"}\n',
    'README.md': 'Read me\n',
    'templates/deployment.yaml': 'kind: Deployment\n',
    'templates/_helpers.tpl': '{{- define "x" }}{{ end }}\n',
    'templates/.hidden': 'is left out\n',
    'templates/tests/b.yaml': 'b\n',
    'templates/tests-a.yaml': 'a\n',
    'templates/Z.yaml': 'z\n',
    'crds/a.yaml': 'kind: CustomResourceDefinition\n',
    LICENSE: 'Apache-2.0\n',
    '.hidden': 'is there\n',
  },
  'other cases, other types': {
    'Chart.yaml':
      'ApiVersion: v2\nNAME: cases\nversion: 1.0.0\nappversion: 0777\ndescription: "tab\\there and \\u0007 bell"\ntype: ""\nkeywords: ~\n',
  },
  ignoring: {
    'Chart.yaml': 'apiVersion: v2\nname: ignoring\nversion: 0.1.0\n',
    '.helmignore': '# comment\n\n*.bak\n/root.txt\ndir/\nsub/[a-c]?.txt\n  spaced.txt  \nesc\\*.txt\n',
    'a.bak': '1',
    'deep/b.bak': '2',
    'root.txt': '3',
    'deep/root.txt': '4',
    'dir/c.txt': '5',
    'deep/dir/d.txt': '6',
    'deep/dirt': '7',
    'sub/a1.txt': '8',
    'sub/d1.txt': '9',
    'other/sub/a1.txt': '10',
    'spaced.txt': '11',
    'esc*.txt': '12',
    'escape.txt': '13',
  },
  'ignoring all but': {
    'Chart.yaml': 'apiVersion: v2\nname: negated\nversion: 0.1.0\n',
    '.helmignore': '*.md\n!Chart.yaml\n',
    'a.md': '1',
    'b.txt': '2',
  },
  'a bad ignore file': { 'Chart.yaml': 'apiVersion: v2\nname: bad\nversion: 0.1.0\n', '.helmignore': 'a/**/b\n' },
  'a malformed pattern': { 'Chart.yaml': 'apiVersion: v2\nname: bad\nversion: 0.1.0\n', '.helmignore': '[a-\n' },
  'v1 with requirements': {
    'Chart.yaml': 'name: old\nversion: 0.1.0\n',
    'requirements.yaml': 'dependencies:\n- name: sub\n  version: ">0.0.1"\n  repository: https://example.com\n',
    'requirements.lock':
      'dependencies:\n- name: sub\n  repository: https://example.com\n  version: 0.2.0\ndigest: sha256:x\ngenerated: "2020-01-01T00:00:00Z"\n',
    'charts/sub/Chart.yaml': 'name: sub\nversion: 0.2.0\n',
    'charts/sub/values.yaml': 'a: 1\n',
    'charts/sub/templates/a.yaml': 'a\n',
    'charts/_ignored/Chart.yaml': 'nonsense: [\n',
    'charts/README.md.prov': 'kept\n',
  },
  'v2 with a lock': {
    'Chart.yaml':
      'apiVersion: v2\nname: locked\nversion: 0.1.0\ndependencies:\n- name: sub\n  version: ">=0.1.0 <1"\n  repository: https://example.com/a?b&c\n  alias: other\n  tags: [x]\n  condition: sub.enabled\n  import-values:\n  - data\n  - child: a\n    parent: b\n',
    'Chart.lock':
      'dependencies:\n- name: sub\n  repository: https://example.com/a?b&c\n  version: 0.2.0\ndigest: sha256:x\ngenerated: "2020-01-01T00:00:00.123+02:00"\n',
    'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 0.2.0\n',
  },
  'values of several documents': {
    'Chart.yaml': 'apiVersion: v2\nname: docs\nversion: 0.1.0\n',
    'values.yaml': 'a: {b: 1}\n---\na: {c: 2}\n',
  },
  'values that are a list': { 'Chart.yaml': 'apiVersion: v2\nname: list\nversion: 0.1.0\n', 'values.yaml': '- a\n' },
  'values that are no YAML': { 'Chart.yaml': 'apiVersion: v2\nname: bad\nversion: 0.1.0\n', 'values.yaml': 'a: [\n' },
  'a schema that is no JSON': { 'Chart.yaml': 'apiVersion: v2\nname: bad\nversion: 0.1.0\n', 'values.schema.json': '{' },
  'no Chart.yaml': { 'values.yaml': 'a: 1\n' },
  'an empty Chart.yaml': { 'Chart.yaml': '' },
  'no name': { 'Chart.yaml': 'apiVersion: v2\nversion: 0.1.0\n' },
  'a name that is a path': { 'Chart.yaml': 'apiVersion: v2\nname: ../a\nversion: 0.1.0\n' },
  'a name that ends in a slash': { 'Chart.yaml': 'apiVersion: v2\nname: a/\nversion: 0.1.0\n' },
  'a name that is a directory': { 'Chart.yaml': 'apiVersion: v2\nname: ..\nversion: 0.1.0\n' },
  'a name of two lines': { 'Chart.yaml': 'apiVersion: v2\nname: "a\\nb"\nversion: 0.1.0\n' },
  'a name with NUL': { 'Chart.yaml': 'apiVersion: v2\nname: "a\\0b\\u200B"\nversion: 0.1.0\n' },
  'a version that is none': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: latest\n' },
  'a version with zeros in front': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 2025.01.02\n' },
  'an unknown type': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\ntype: plugin\n' },
  'a null maintainer': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\nmaintainers:\n- null\n' },
  'a null dependency': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\ndependencies:\n-\n' },
  'an alias that is a path': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\ndependencies:\n- name: b\n  alias: ../b\n' },
  'an alias of two lines': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\ndependencies:\n- name: b\n  alias: "b\\n"\n' },
  'a dependency twice': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\ndependencies:\n- name: b\n- name: b\n' },
  'keywords that are no list': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\nkeywords: a\n' },
  'a description that is a map': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\ndescription: {a: b}\n' },
  'a subchart that is none': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\n', 'charts/b/values.yaml': 'a: 1\n' },
  'a file in charts/': { 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\n', 'charts/README.md': 'Read me\n' },
  'requirements of a v2 chart': {
    'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\n',
    'requirements.yaml': 'dependencies:\n- name: b\n  repository: ""\n  version: "*"\ndescription: from there\n',
    'charts/b/Chart.yaml': 'apiVersion: v2\nname: b\nversion: 0.1.0\n',
  },
  'a lock of a chart without any': {
    'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\n',
    'Chart.lock': 'digest: x\ngenerated: "2020-01-01T00:00:00Z"\n',
  },
};
