import { calls, type SprigCases } from './sprig-cases.ts';

/** Results of chance: what is recorded is what they look like, and how they fail. */
const counted = (name: string, pattern: string): readonly string[] => [
  ...['0', '1', '10', '200', '-5'].map((count) => `{{ ${name} ${count} | len }}`),
  `{{ ${name} 50 | regexMatch ${pattern} }}`,
  `{{ ${name} 50 | typeOf }}`,
  `{{ eq (${name} 40) (${name} 40) }}`,
  ...calls(name, ['"5"', 'nil', '', '1.5']),
];

export const RANDOM_CASES: SprigCases = {
  randAlpha: counted('randAlpha', '`^[A-Za-z]{50}$`'),
  randNumeric: counted('randNumeric', '`^[0-9]{50}$`'),
  randAlphaNum: counted('randAlphaNum', '`^[A-Za-z0-9]{50}$`'),
  randAscii: counted('randAscii', '`^[ -~]{50}$`'),
  randBytes: [
    ...['0', '1', '3', '16'].map((count) => `{{ randBytes ${count} | b64dec | len }} {{ randBytes ${count} | len }}`),
    ...calls('randBytes', ['-1', '"5"', 'nil', '']),
    '{{ eq (randBytes 32) (randBytes 32) }}',
  ],
  randInt: [
    '{{ $n := randInt 5 8 }}{{ and (ge $n 5) (lt $n 8) }} {{ typeOf $n }}',
    '{{ randInt 5 6 }}',
    '{{ randInt -3 -2 }}',
    '{{ range until 50 }}{{ $n := randInt -2 3 }}{{ if or (lt $n -2) (gt $n 2) }}no{{ end }}{{ end }}',
    ...calls('randInt', ['5 5', '5 1', '"1" 2', '1', 'nil 1', '-9223372036854775808 9223372036854775807']),
  ],
  shuffle: [
    '{{ shuffle "hello" | splitList "" | sortAlpha | join "" }}',
    '{{ shuffle "" }}',
    '{{ shuffle "é🎉é" | len }}',
    '{{ shuffle "aaa" }}',
    '{{ shuffle "a\\xff" | len }}',
    ...calls('shuffle', ['1', 'nil', '']),
  ],
  uuidv4: [
    '{{ uuidv4 | regexMatch `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$` }}',
    '{{ eq uuidv4 uuidv4 }}',
    '{{ uuidv4 | typeOf }}',
    ...calls('uuidv4', ['1']),
  ],
};
