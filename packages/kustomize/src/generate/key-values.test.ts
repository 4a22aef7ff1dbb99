import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { Loader } from '../tree/loader.ts';
import { memoryTree } from '../tree/memory-tree.ts';
import { type GeneratorRule, generatorRule } from './generator-rule.ts';
import { keyValuesOf } from './key-values.ts';

type Sources = Partial<Pick<GeneratorRule, 'literals' | 'files' | 'envs'>>;
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

/** What a generator with these sources holds, in a directory with these files. */
function pairs(sources: Sources, files: Readonly<Record<string, string | Uint8Array>> = {}): readonly (readonly [string, string])[] {
  const loader = Loader.at(memoryTree(files), '', { restrictions: 'root-only' });
  const rule = { ...generatorRule('ConfigMap', { name: 'a' }, 'k.yaml: configMapGenerator[0]'), ...sources };
  return keyValuesOf(rule, loader).map(({ key, value }) => [key, Buffer.from(value).toString('latin1')]);
}
const literal = (text: string) => pairs({ literals: [text] });
const env = (text: string | Uint8Array) => pairs({ envs: ['app.env'] }, { 'app.env': text });

describe('a literal', () => {
  test.each<[string, readonly [string, string]]>([
    ['a=1', ['a', '1']],
    ['a=', ['a', '']],
    ['a=b=c', ['a', 'b=c']],
    ['a b=1', ['a b', '1']],
    ['a="1"', ['a', '1']],
    ["a='1'", ['a', '1']],
    ['a=\'"1"\'', ['a', '"1"']],
    ['a="1', ['a', '"1']],
    [`a="1'`, ['a', `"1'`]],
    [`a="`, ['a', '"']],
    ['a= "1" ', ['a', ' "1" ']],
    ['a=1\\n2', ['a', '1\\n2']],
  ])('%s is %j', (text, pair) => {
    expect(literal(text)).toEqual([pair]);
  });

  test.each(['a', '', '=a'])('has a key and an equals sign: %j is none', (text) => {
    expect(() => literal(text)).toThrow(new BuildError(`k.yaml: configMapGenerator[0].literals[0]: '${text}' is not key=value`));
  });
});

describe('a line of an env file', () => {
  test.each<[string, string, readonly (readonly [string, string])[]]>([
    [
      'keeps its quotes, and the blanks around the equals sign',
      'A="1"\nB = 2 ',
      [
        ['A', '"1"'],
        ['B ', ' 2 '],
      ],
    ],
    ['may be indented', ' \tA=1', [['A', '1']]],
    [
      'may end as Windows has it',
      'A=1\r\nB=2\r\n',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['does not end with a carriage return alone', 'A=1\rB=2', [['A', '1\rB=2']]],
    [
      'without an equals sign has an empty value',
      'A\nB=1',
      [
        ['A', ''],
        ['B', '1'],
      ],
    ],
    ['without a key does not count', '=1\nB=1', [['B', '1']]],
    ['may be blank, or a comment', '\n  \n# A=1\n  # B=1\nC=#1', [['C', '#1']]],
  ])('%s', (_, text, expected) => {
    expect(env(text)).toEqual(expected);
  });

  test('is UTF-8, behind a byte order mark if there is one', () => {
    expect(env('\ufeffA=1')).toEqual([['A', '1']]);
    expect(() => env(bytes(0x41, 0x3d, 0xff))).toThrow(new BuildError('app.env: not valid UTF-8'));
  });
});

describe('a file', () => {
  const files = { 'a.txt': 'A\n', 'dir/b.bin': bytes(0xff, 0), '=': 'x' };

  test('has its name for a key, or another one; what is in it stays as it is', () => {
    const sources = { files: ['a.txt', 'dir/b.bin', 'c=./dir/../a.txt'] };
    expect(pairs(sources, files)).toEqual([
      ['a.txt', 'A\n'],
      ['b.bin', '\xff\0'],
      ['c', 'A\n'],
    ]);
    expect(pairs({ files: ['a'] }, { a: '\ufeffA' })).toEqual([['a', '\xef\xbb\xbfA']]);
  });

  test.each(['', '=', '=a.txt', 'a=', 'a=a.txt=', 'dir/'])('%j is neither a path nor a key with one', (text) => {
    expect(() => pairs({ files: [text] }, files)).toThrow(
      `k.yaml: configMapGenerator[0].files[0]: '${text}' is neither a path nor key=path`,
    );
  });

  test.each(['b.txt', 'dir', 'key=dir'])('%s has to be there, and no directory', (text) => {
    expect(() => pairs({ files: [text] }, files)).toThrow(/^k\.yaml: configMapGenerator\[0\]\.files\[0\]: there is no file /);
  });
});

test('env files come first, then literals, then files', () => {
  const files = { e1: 'E=1', e2: 'D=1', f: 'x' };
  expect(pairs({ files: ['f'], literals: ['z=1', 'y=1'], envs: ['e1', 'e2'] }, files).map(([key]) => key)).toEqual([
    'E',
    'D',
    'z',
    'y',
    'f',
  ]);
});

test.each<[string, Sources]>([
  ['two literals', { literals: ['a=1', 'a=1'] }],
  ['a literal and a file', { literals: ['a=1'], files: ['a'] }],
  ['a literal and an env file', { literals: ['a=1'], envs: ['e'] }],
  ['two lines of an env file', { envs: ['twice'] }],
])('one key may not be there twice: %s', (_, sources) => {
  expect(() => pairs(sources, { a: '', e: 'a=2', twice: 'a=1\na=2' })).toThrow(
    new BuildError(`k.yaml: configMapGenerator[0]: the key 'a' is there twice`),
  );
});
