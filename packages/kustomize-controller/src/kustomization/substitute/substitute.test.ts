import type { Unstructured } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { substitute } from './substitute.ts';
import { SubstitutionError } from './substitution-error.ts';
import { mergedVariables, type Variable } from './variables.ts';

const configMap = (data: unknown, metadata: object = {}, name = 'app'): Unstructured =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data }) as Unstructured;

interface Asked {
  readonly values?: readonly Variable[] | Readonly<Record<string, string>>;
  readonly strict?: boolean;
  readonly always?: boolean;
}

function substituted(objects: readonly Unstructured[], { values = { a: '1' }, strict = true, always = false }: Asked = {}) {
  const list = Array.isArray(values) ? (values as readonly Variable[]) : Object.entries(values as Readonly<Record<string, string>>);
  return substitute(objects, { variables: { kind: 'known', values: list, secret: [] }, strict, always }).objects;
}

function failureOf(objects: readonly Unstructured[], asked: Asked = {}): string {
  try {
    substituted(objects, asked);
  } catch (error) {
    expect(error).toBeInstanceOf(SubstitutionError);
    return (error as Error).message;
  }
  throw new Error('it did not fail');
}

const dataOf = (text: string, asked: Asked): unknown => substituted([configMap({ it: text })], asked)[0]?.data;

describe('what comes out is read as YAML again', () => {
  test.each([
    ['${v}', '1', 1],
    ['${v}', 'true', true],
    ['${v}', 'yes', true],
    ['${v}', '1.10', 1.1],
    ['${v}', '0777', 0o777],
    ['${v}', '', null],
    ['${v}', 'null', null],
    ['${v}', 'text', 'text'],
    ['${v}', '"1"', '1'],
    ['${v}', '[1, {a: b}]', [1, { a: 'b' }]],
    ['${v}', '9007199254740993', 9007199254740993n],
    ['x${v}', '1', 'x1'],
    ['${q}${v}${q}', '1', '1'],
    ['${v}', "it's", "it's"],
    ['${v}: x', 'a', 'a: x'],
    ['first\n${v}\n', 'a: b', 'first\na: b\n'],
    ['${v} # x', 'a', 'a # x'],
    ['$${v} $$ $v $(v)', '1', '${v} $ $v $(v)'],
    ['${v:=${none:=x}}', '', 'x'],
  ] as const)('%j with %j', (text, v, expected) => {
    expect(dataOf(text, { values: { v, q: '"' } })).toEqual({ it: expected });
  });

  test('in keys, names and kinds as well', () => {
    const object = {
      apiVersion: '${group}/v1',
      kind: '${kind}',
      metadata: { name: '${name}' },
      '${key}': ['${name}'],
    } as unknown as Unstructured;
    const values = { group: 'apps', kind: 'Deployment', name: 'web', key: 'list' };
    expect(substituted([object], { values })).toEqual([
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, list: ['web'] },
    ]);
  });

  test('a key that was called null before may be', () => {
    expect(substituted([configMap({ null: '${a}' })])[0]?.data).toEqual({ null: 1 });
  });

  test('names of prototypes are names like any other', () => {
    const object = configMap(JSON.parse('{"__proto__": "${__proto__}", "constructor": "${constructor}"}'));
    const values: readonly Variable[] = [
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ];
    expect(Object.entries(substituted([object], { values })[0]?.data as object)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });
});

describe('when', () => {
  const object = configMap({ it: '${a:=x}' });

  test('nothing is substituted without a variable, unless always', () => {
    expect(substituted([object], { values: {} })).toEqual([object]);
    expect(substituted([object], { values: {}, always: true })[0]?.data).toEqual({ it: 'x' });
  });

  test.each([
    ['label', { labels: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' } }],
    ['annotation', { annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'Disabled' } }],
  ])('an object opts out by a %s', (_, metadata) => {
    const mine = configMap({ it: '${a} $${a} ${broken' }, metadata);
    expect(substituted([mine, configMap({ it: '${a}' }, {}, 'other')])).toEqual([mine, configMap({ it: 1 }, {}, 'other')]);
    expect(substitute([mine], { variables: { kind: 'unreadable', message: 'gone' }, strict: true, always: true }).objects).toEqual([mine]);
  });

  test('an object without expressions stays the same one', () => {
    const plain = configMap({ it: 'x' });
    expect(substituted([plain])[0]).toBe(plain);
  });

  test('a later source wins over an earlier one, and line breaks go', () => {
    expect(
      mergedVariables([
        [
          ['a', '1'],
          ['b', 'x\ny\n'],
        ],
        [['a', '2']],
      ]),
    ).toEqual([
      ['a', '2'],
      ['b', 'xy'],
    ]);
  });
});

describe('what fails names the object, and the variable', () => {
  test.each([
    [
      'a variable without a value',
      { it: 'x', list: ['${a}', { deep: 'is ${missing}' }] },
      {},
      /^post build failed for 'ConfigMap\.v1\.\[noGrp\]\/app': envsubst error: variable substitution failed: variable not set \(strict mode\): "missing" in data\.list\[1\]\.deep$/,
    ],
    [
      'an expression that is none',
      { it: '${a-x}' },
      {},
      /variable substitution failed: missing closing brace in the expression of variable "a" in data\.it$/,
    ],
    ['an expression without a name', { it: 'x', other: '${' }, {}, /unable to parse variable name in data\.other$/],
    ['a name that is none', { it: 'x' }, { values: { 'my-key': '1' } }, /'my-key' var name is invalid, must match/],
    [
      'a value that breaks YAML',
      { it: '${a}', other: '${b}' },
      { values: { a: 'CANARY: x: y', b: '1' } },
      /invalid YAML once the value of variable "a" is put in$/,
    ],
    [
      'a quote that is not closed',
      { it: '${b}', other: '${a}', z: '${b}' },
      { values: { a: '"CANARY', b: '1' } },
      /once the value of variable "a" is put in$/,
    ],
    [
      'two values that break it',
      { it: '${a}', other: '${b}' },
      { values: { a: '[CANARY', b: '"CANARY' } },
      /once the value of variable "a" or variable "b" is put in$/,
    ],
    ['an alias to nothing', { it: '${a}' }, { values: { a: '*CANARY' } }, /once the value of variable "a" is put in$/],
    ['another document', { it: '${a}' }, { values: { a: 'x\r---\rkind: CANARY' } }, /once the value of variable "a" is put in$/],
    [
      'a value that is no text',
      { it: '${a}' },
      { values: [['a', null]] as readonly Variable[] },
      /the value of variable "a" is not UTF-8 text$/,
    ],
    ['a key that is empty', { list: [{ '${a}': 'x' }] }, { values: { a: '' } }, /a key is empty after substitution$/],
    ['half a letter', { it: '${a:1}' }, { values: { a: 'éCANARY' } }, /a slice ends within a character: "a" in data\.it$/],
  ] as const)('%s', (...[, data, asked, message]) => {
    const failure = failureOf([configMap(data)], asked);
    expect(failure).toMatch(message);
    expect(failure).not.toContain('CANARY');
  });

  test.each([
    ['a name that is a number', { name: '${a}' }, /metadata\.name is no text after substitution; a variable whose value is a double quote/],
    ['a name that is empty', { name: '${none:=}' }, /metadata\.name is empty after substitution$/],
    ['an annotation that is a number', { annotations: { port: '${a}' } }, /metadata\.annotations\['port'\] is no text after substitution/],
    ['a label that is a number', { labels: { port: '${a}' } }, /metadata\.labels\['port'\] is no text after substitution/],
    ['a namespace that is a number', { namespace: '${a}' }, /metadata\.namespace is no text after substitution/],
  ])('%s', (_, metadata, message) => {
    expect(failureOf([configMap({}, metadata)])).toMatch(message);
  });

  test('two objects that become one', () => {
    const objects = [configMap({}, {}, '${n}'), configMap({}, {}, 'app')];
    expect(failureOf(objects, { values: { n: 'app' } })).toMatch(
      /\/app': another object has the same kind, name and namespace after substitution$/,
    );
  });

  test('variables that could not be read, of the first object that would have had them', () => {
    const message = 'substitute from \'ConfigMap/vars\' error: configmaps "vars" not found';
    const run = () => substitute([configMap({})], { variables: { kind: 'unreadable', message }, strict: true, always: false });
    expect(run).toThrow(`post build failed for 'ConfigMap.v1.[noGrp]/app': ${message}`);
  });

  test('without strictness a variable without a value is empty', () => {
    expect(substituted([configMap({ it: 'a${missing}b' })], { strict: false })[0]?.data).toEqual({ it: 'ab' });
  });
});

test('what is made of a secret variable is told apart, so that it can be masked', () => {
  const objects = [
    configMap({ a: '${s^^} ${open}', b: '${none:=x${s/heron/ibis}}', c: '${s:0:2}' }),
    configMap({ a: '${s^^}' }, {}, 'other'),
  ];
  const values: readonly Variable[] = [
    ['s', 'violet heron'],
    ['open', 'everybody'],
  ];
  const { secretTexts } = substitute(objects, { variables: { kind: 'known', values, secret: ['s'] }, strict: true, always: false });
  expect(secretTexts).toEqual(['VIOLET HERON', 'xviolet ibis']);
});

test('a label that is called by a secret is not named', () => {
  expect(failureOf([configMap({}, { labels: { '${a}': '${b}' } })], { values: { a: 'CANARY', b: '1' } })).toMatch(
    /: a value in metadata\.labels is no text after substitution/,
  );
});
