import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startCpuTime } from '../cpu-time.ts';
import { InvalidYaml, readYaml } from './read.ts';
import { readYamlNodes } from './read-node.ts';
import { renderYaml } from './render.ts';
import { renderYamlNode } from './render-node.ts';

const lines = (...all: readonly string[]): string => all.join('\n');

function printed(text: string): string | undefined {
  const [node] = readYamlNodes(text);
  return node && renderYamlNode(node);
}

// The expected texts are what kustomize's kyaml 0.21.2 makes of the same documents.
describe('what go-yaml 3 leaves as it is', () => {
  test.each([
    lines('a:', 'b: ~', 'c: null', 'd: ""', "e: ''"),
    lines('"a b": 1', "'c': 2", '? |', '  x', ': 3'),
    lines('a: []', 'b: {}', 'c:', '- []', '- - 1', '  - 2', '- x: 1', '  y: 2'),
    lines('a: |2', '    x', '   y', 'b: |+', '  z', '', '', 'c: 1'),
    lines('a: >', '  folded', '', 'b: >-', '  one', '', '  two', 'c: 1'),
    lines('a: &x {b: 1, c: [*x, "q"]}', 'd: &y', '  e: *x', 'f: !own text', 'g: !!str 5', 'h: !!int "5"'),
    lines('x:', '- &a', '  b: 1', '- !t', '  c: 2', '- &s [1]', 'w: &l', '- 1'),
    lines("a: 'it''s'", `b: ${'long '.repeat(40)}end`),
    '5',
    '"x"',
  ])('%j', (text) => {
    expect(printed(`${text}\n`)?.trimEnd()).toBe(text);
  });
});

test('a block of text ends as the text does', () => {
  expect(printed('a: |\n  one\n  two')).toBe(lines('a: |-', '  one', '  two'));
});

describe('comments stay where they are', () => {
  test.each([
    lines('# top', '', '# of a', 'a: 1 # one', 'b: # two', '  c: 3 # three', '  # four', '  d: 4', '# five', 'e: 5'),
    lines('a: 1', '# behind a', '', '# before b', 'b: 2'),
    lines('a:', '  b:', '    c: 1', '    # end of b', '  # end of a', '# before d', 'd: 1', '', '# the end'),
    lines(
      'l:',
      '# one',
      '- a: 1 # i',
      '  # two',
      '  b: 2',
      '# three',
      '- c',
      '# four',
      'm: {x: 1} # m',
      'n: | # n',
      '  text',
      '# o',
      'o: [] # oo',
    ),
  ])('%j', (text) => {
    expect(printed(`${text}\n`)).toBe(text);
  });
});

describe('what go-yaml 3 prints in another way', () => {
  test.each([
    ['empty lines', 'a: 1\n\n\nb: 2\n', 'a: 1\nb: 2'],
    ['indentation', 'a:\n    - b\n    -   c: 1\n', 'a:\n- b\n- c: 1'],
    ['lines of plain and quoted texts', 'a: b\n  c\nd: "e\n  f"\n', 'a: b c\nd: "e f"'],
    ['brackets', 'a: {\n  b: 1,\n}\nc: {d: , e: [1,2]}\n', "a: {b: 1}\nc: {d: '', e: [1, 2]}"],
    ['emoji', 'a: 😀\n', 'a: "\\U0001F600"'],
    ['markers and what comes behind them', '---\na: 1\n# end\n---\nb: 2\n', 'a: 1\n# end'],
    ['keys that need no question mark', '? a\n: b\n', 'a: b'],
    ['a tag that says nothing', 'a: ! 5\n', 'a: "5"'],
  ])('%s', (_, text, expected) => {
    expect(printed(text)).toBe(expected);
  });
});

test('every document is there, the empty ones too', () => {
  expect(readYamlNodes('a: 1\n---\n---\n# c\nb: 2\n').map((node) => node && renderYamlNode(node))).toEqual(['a: 1', '', '# c\nb: 2']);
  expect(readYamlNodes('# nothing\n').every((node) => node === undefined || renderYamlNode(node) === '')).toBe(true);
});

test.each(['{a: [', `${'['.repeat(1_000)}`, 'a: "'])('%j is no YAML', (text) => {
  expect(() => readYamlNodes(text)).toThrow(InvalidYaml);
});

test('many lines that are to be indented cost no time', () => {
  const spentMs = startCpuTime();
  expect(() => readYamlNodes(`a: {\n${'b: {},\n'.repeat(100_000)}`)).toThrow(InvalidYaml);
  expect(spentMs()).toBeLessThan(10_000);
});

test('what is printed means what was read', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: false }), (value) => {
      const text = renderYaml(value);
      const options = { dialect: 'manifest', duplicates: 'refused', maxBytes: 1024 * 1024 } as const;
      const read = (yaml: string) => readYaml(new TextEncoder().encode(yaml), options)[0];
      expect(read(printed(text) ?? '')).toEqual(read(text));
    }),
  );
});
