import { each, one, type RenderCase } from './case.ts';

const SCALARS = `
k_text: plain
k_empty: ""
k_number: 1
k_float: 1.5
k_large: 1000000
k_larger: 123456789012
k_huge: 1e21
k_tiny: 0.0000001
k_negative: -0.5
k_yes: "yes"
k_true: "true"
k_on: "on"
k_n: "n"
k_nothing: "null"
k_tilde: "~"
k_octal: "0777"
k_hex: "0x1f"
k_underscore: "1_000"
k_version: "1.10"
k_exponent: "1e3"
k_date: "2024-01-02"
k_time: "2024-01-02T03:04:05Z"
k_sexagesimal: "1:30"
k_bool: true
k_null: null
k_colon: "a: b"
k_hash: "a #b"
k_dash: "- a"
k_star: "*a"
k_amp: "&a"
k_at: "@a"
k_percent: "%a"
k_bang: "!a"
k_quote: "'a'"
k_double: '"a"'
k_both: "'\\"a"
k_back: 'a\\b'
k_tab: "a\\tb"
k_leading: " a"
k_trailing: "a "
k_lines: "a\\nb"
k_chomped: "a\\nb\\n"
k_kept: "a\\nb\\n\\n"
k_newline: "\\n"
k_indented: " a\\nb"
k_spaces: "a \\nb"
k_crlf: "a\\r\\nb"
k_control: "a\\u0001b"
k_delete: "a\\u007fb"
k_unicode: "äöü 世界"
k_emoji: "🎉"
k_nbsp: "a\\u00a0b"
k_bom: "\\ufeffa"
k_html: "<a href='x'>&amp;</a>"
k_long: "the quick brown fox jumps over the lazy dog and runs away from the quick brown fox who jumps over him again and again"
k_longquoted: "the: quick brown fox jumps over the lazy dog and runs away from the quick brown fox who jumps over him again and again"
k_longword: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
k_question: "? a"
k_brace: "{a}"
k_template: "{{ .Values.x }}"
k_equals: "="
k_merge: "<<"
k_dots: "..."
k_marker: "--- a"
k_inf: ".inf"
k_nan: ".nan"
k_plus: "+1"
k_dot: "."
k_minus: "-"
k_comma: "a, b"
`;

const NAMES = [...SCALARS.matchAll(/^(\w+):/gm)].map(([, name]) => name ?? '');

const NESTED = `
a: {b: {c: [1, [2, 3], {d: [], e: {}}]}, "": x, "1": y, "true": z}
list: [{a: 1, b: [x, y]}, [], {}, [[]], null, "x"]
keys: {a10: 1, a2: 1, a1: 1, A: 1, b: 1, _: 1, 1: 1, 10: 1, 2: 1, "é": 1, "a-b": 1, "a.b": 1, "a b": 1, "y": 1, "no": 1, "*": 1}
multi: {text: "a\\nb\\n", list: ["a\\nb"]}
"a key: with a colon": 1
"a\\nb": 1
`;

const TABLES = `
title: "a \\"b\\""
owner: {name: Ann, "first name": A, address: {city: X, "zip.code": "1"}}
empty: {}
none: []
numbers: [1, 2.5, -3]
mixed: [1, {a: 1, b: {c: 2}}, "x"]
servers: [{name: a, ports: [1, 2]}, {name: b, tags: {x: y}}, {}]
nested: {list: [{a: [{b: 1}]}], "é": 1}
matrix: [[1, 2], [3]]
flag: true
large: 1e21
tiny: 0.0001
lines: "a\\nb\\t\\u0001\\u007f"
`;

export const TEXT_CASES: Readonly<Record<string, RenderCase>> = {
  'scalars as YAML': one('{{ toYaml .Values }}', SCALARS),
  ...Object.fromEntries(
    NAMES.map((name) => [
      `scalar: ${name}`,
      one(
        `{{ toYaml (index .Values "${name}") }}\n{{ toYamlPretty (index .Values "${name}") }}\n{{ toJson (index .Values "${name}") }}\n{{ index .Values "${name}" | printf "%v" }}`,
        SCALARS,
      ),
    ]),
  ),
  'nested values as YAML': one('{{ toYaml .Values }}', NESTED),
  'nested values as pretty YAML': one('{{ toYamlPretty .Values }}', NESTED),
  'nested values as JSON': one('{{ toJson .Values }}', NESTED),
  'nested values in a list as YAML': one('{{ toYaml .Values.list }}|{{ toYamlPretty .Values.list }}', NESTED),
  'whole numbers that were set': {
    ...one('{{ toYaml .Values }}|{{ toYamlPretty .Values }}|{{ toJson .Values }}|{{ .Values.a }} {{ .Values.big }}'),
    set: ['a=1,b=1.5,c=1e3,d=true,e=null,big=1234567890123,f=007,g[0]=1'],
  },
  'whole numbers of a file': one(
    '{{ .Values.a }} {{ .Values.b }} {{ .Values.c }} {{ toYaml .Values }}',
    'a: 1000000\nb: 12345678\nc: 0.00001\n',
  ),
  ...each('yaml', [
    '{{ toYaml nil }}|{{ toYaml "" }}|{{ toYaml 1 }}|{{ toYaml 1.0 }}|{{ toYaml true }}',
    '{{ toYaml .Values.nothing }}|{{ mustToYaml .Values.nothing }}',
    '{{ toYaml .Files }}|{{ toYaml .Subcharts }}',
    '{{ toYaml . | len }}',
    '{{ toYaml }}',
    '{{ toYaml 1 2 }}',
    '{{ fromYaml "a: 1\\nb: [x, 2.5, true, null]" }}',
    '{{ (fromYaml "a: {b: c}").a.b }}',
    '{{ fromYaml "" }}|{{ fromYaml "null" }}|{{ fromYaml "# nothing" }}',
    '{{ (fromYaml "- a").Error }}',
    '{{ (fromYaml "text").Error }}',
    '{{ (fromYaml "1").Error }}',
    '{{ (fromYaml "true").Error }}',
    '{{ fromYaml "1: a\\ntrue: b\\n1.5: c\\non: d" }}',
    '{{ printf "%T" (fromYaml "a: 1").a }} {{ (fromYaml "a: 123456789").a }}',
    '{{ fromYaml "a: 1\\na: 2" }}',
    '{{ fromYaml "a: &x {b: 1}\\nc: {<<: *x, d: 2}" }}',
    '{{ fromYaml "a: 1\\n---\\nb: 2" }}',
    '{{ fromYaml "a: 0x10\\nb: 0777\\nc: 1_000\\nd: 2024-01-02\\ne: 1:30" }}',
    '{{ fromYamlArray "- a\\n- 1\\n- [b]" }}',
    '{{ fromYamlArray "" }}|{{ fromYamlArray "a: 1" }}|{{ fromYamlArray "text" }}',
    '{{ range fromYamlArray "[a, b]" }}<{{ . }}>{{ end }}',
    '{{ printf "%T %T" (fromYaml "a: 1") (fromYamlArray "[]") }}',
    '{{ fromYaml 1 }}',
  ]),
  ...each('json', [
    '{{ toJson nil }}|{{ toJson "" }}|{{ toJson "<&>\\u2028é" }}|{{ toJson 1 }}|{{ toJson 1.5 }}|{{ toJson 1e21 }}|{{ toJson 1e-7 }}|{{ toJson 123456789.0 }}',
    '{{ mustToJson . | len }}',
    '{{ toJson .Release }}{{ toJson .Template }}',
    '{{ fromJson `{"a": 1, "b": [true, null, "x", {"c": 1.5}]}` }}',
    '{{ (fromJson `{"a": {"b": "c"}}`).a.b }} {{ printf "%T" (fromJson `{"a": 1}`).a }}',
    '{{ fromJson "null" }}|{{ printf "%T" (fromJson "null") }}|{{ if fromJson "null" }}x{{ end }}',
    '{{ (fromJson "[1]").Error }}',
    '{{ (fromJson `"x"`).Error }}|{{ (fromJson "1").Error }}|{{ (fromJson "true").Error }}',
    '{{ (fromJson "").Error }}',
    '{{ (fromJson " ").Error }}',
    '{{ (fromJson "{").Error }}',
    '{{ (fromJson "{a: 1}").Error }}',
    '{{ (fromJson `{"a" 1}`).Error }}',
    '{{ (fromJson `{"a": 1 "b": 2}`).Error }}',
    '{{ (fromJson `{"a": 1,}`).Error }}',
    '{{ (fromJson `{"a": nul}`).Error }}',
    '{{ (fromJson `{"a": 01}`).Error }}',
    '{{ (fromJson `{"a": 1.}`).Error }}',
    '{{ (fromJson `{"a": 1e}`).Error }}',
    '{{ (fromJson `{"a": -}`).Error }}',
    '{{ (fromJson `{"a": "b}`).Error }}',
    '{{ (fromJson `{"a": "\\x"}`).Error }}',
    '{{ (fromJson `{"a": "\\u12"}`).Error }}',
    '{{ (fromJson "{} x").Error }}',
    '{{ (fromJson `{"a": [1 2]}`).Error }}',
    '{{ (fromJson `{"a": tru3}`).Error }}',
    '{{ (fromJson "é").Error }}',
    '{{ (fromJson `{"a": 1e999}`).Error }}',
    '{{ fromJson `{"a": "\\ud800 \\ud83c\\udf89"}` }}',
    '{{ fromJson `{"a": 1, "a": 2}` }}',
    '{{ fromJson `{"__proto__": {"x": 1}}` }}',
    '{{ fromJsonArray "[1, \\"a\\", {}]" }}',
    '{{ fromJsonArray "{}" }}|{{ fromJsonArray "null" }}|{{ fromJsonArray "" }}|{{ printf "%T" (fromJsonArray "null") }}',
    '{{ toJson (fromJson `{"b": 1, "a": [1e3, 0.1]}`) }}',
  ]),
  'tables as TOML': one('{{ toToml .Values }}', TABLES),
  'parts of tables as TOML': one(
    '{{ toToml .Values.owner }}|{{ toToml .Values.nested }}|{{ toToml .Values.mixed }}|{{ toToml .Values.numbers }}|{{ toToml .Values.title }}|{{ toToml 1 }}|{{ toToml 1.0 }}|{{ toToml true }}|{{ toToml .Values.empty }}|{{ toToml .Values.matrix }}',
    TABLES,
  ),
  'tables there and back': one('{{ toToml (fromToml (toToml .Values)) }}', TABLES),
  'a null in a table as TOML': one('{{ toToml .Values }}|{{ toToml (index .Values.l 0) }}', 'a: null\nb: 1\nl: [{c: null, d: 1}, 1]\n'),
  'a null in a list as TOML': one('{{ toToml .Values }}', 'l: [1, null]\n'),
  ...each(
    'toml',
    [
      '{{ toToml nil }}',
      '{{ mustToToml .Values.servers }}',
      '{{ toToml .Values.servers }}',
      '{{ mustToToml .Values.owner }}',
      '{{ fromToml "a = 1\\nb = 1.5\\nc = [1, \\"x\\"]\\n[d]\\ne = true" }}',
      '{{ (fromToml "[[a]]\\nb = 1\\n[[a]]\\nb = 2") }}|{{ range (fromToml "[[a]]\\nb = 1\\n[[a]]\\nb = 2").a }}{{ .b }},{{ end }}',
      '{{ printf "%T %T %T" (fromToml "a = 1").a (fromToml "a = [1]").a (fromToml "[[a]]").a }}',
      '{{ fromToml "" }}',
      '{{ if (fromToml "a = ").Error }}wrong{{ end }}',
      '{{ fromToml "a.b.c = 1" }}',
      '{{ fromToml 1 }}',
    ],
    TABLES,
  ),
};
