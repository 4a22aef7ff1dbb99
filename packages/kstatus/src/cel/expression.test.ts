import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { compileCel, EvaluationFailed, InvalidExpression } from './expression.ts';

const variables = ['self', 'dep'] as const;
const self = { metadata: { generation: 3, annotations: { 'app/version': '1.2', __proto__: undefined } }, spec: { ratio: 1.5 } };
const dep = {
  metadata: { generation: 3, labels: {}, annotations: { 'app/version': '1.2' } },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Healthy', status: 'False' },
    ],
  },
};
const truth = (expression: string, values: Record<string, unknown> = { self, dep }): boolean =>
  compileCel(expression, { variables, result: 'bool' }).evaluate(values);

describe('a CEL expression', () => {
  test.each([
    ["self.metadata.annotations['app/version'] == dep.metadata.annotations['app/version']", true],
    ['dep.metadata.generation == 3 && dep.metadata.generation == 3.0 && dep.metadata.generation < 3.5', true],
    ["dep.status.conditions.filter(c, c.type == 'Ready').all(c, c.status == 'True')", true],
    ["dep.status.conditions.exists(c, c.type == 'Healthy' && c.status == 'True')", false],
    ['has(dep.metadata.labels.tier)', false],
    ['dep.?status.?phase.orValue("none") == "none"', true],
    ['self.spec.ratio > 1 && self.spec.ratio < 2', true],
    ['self.nope == 1 || true', true],
    ["'Ab'.lowerAscii() + 'c'.upperAscii() == 'abC'", true],
    ["'a,b,c'.split(',').join('-') == 'a-b-c'", true],
    ["'hello'.charAt(1) + 'hello'.replace('l', 'L', 1) + 'ab'.reverse() == 'eheLloba'", true],
    ["'%s is %d, %.2f, %x'.format(['a', 7, 1.5, 255]) == 'a is 7, 1.50, ff'", true],
    ["sets.contains([1, 2, 3], [3.0]) && sets.intersects(['a'], ['b', 'a']) && sets.equivalent([1, 1, 2], [2, 1])", true],
    ["string(base64.decode(base64.encode(b'x'))) == 'x'", true],
    ["timestamp('2026-01-01T00:00:00Z').getFullYear() == 2026 && duration('90s') > duration('1m')", true],
    ["'release-1.2'.matches('^release-[0-9.]+$') && matches('abc', 'b')", true],
    ['type(self.metadata.generation) == int', true],
  ])('%s is %s', (expression, expected) => {
    expect(truth(expression)).toBe(expected);
  });

  test('cannot name what it was not given', () => {
    expect(() => truth('self.generation == deps.generation')).toThrow(InvalidExpression);
    expect(() => truth('process.exit()')).toThrow(/Unknown variable: process/);
  });

  test('that has another type than was asked for is refused before it is evaluated', () => {
    expect(() => truth('self')).toThrow("CEL expression 'self' gives map where bool is wanted");
    expect(() => truth('dep.metadata.labels.ready')).toThrow(/gives dyn where bool is wanted/);
  });

  test('says where it is wrong, in one line', () => {
    expect(() => truth('self. ==')).toThrow(InvalidExpression);
    expect(() => truth('self. ==')).toThrow(/^invalid CEL expression 'self. ==': [^\n]+$/);
  });

  test('without an answer for these values fails, and can be asked again', () => {
    const expression = compileCel("dep.metadata.labels.tier == 'db'", { variables, result: 'bool' });
    expect(() => expression.evaluate({ self, dep })).toThrow(EvaluationFailed);
    expect(() => expression.evaluate({ self, dep })).toThrow(/No such key: tier/);
    expect(expression.evaluate({ self, dep: { metadata: { labels: { tier: 'db' } } } })).toBe(true);
  });

  test('sees nothing of JavaScript: neither prototypes nor constructors', () => {
    for (const key of ['constructor', '__proto__', 'hasOwnProperty', 'toString'])
      expect(() => truth(`dep.${key} == null`), key).toThrow(/No such key/);
    expect(truth("dep.constructor == 'mine'", { self, dep: JSON.parse('{"constructor":"mine","__proto__":{"polluted":true}}') })).toBe(
      true,
    );
    expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
  });

  test('knows whether it may loop', () => {
    const mayLoop = (expression: string) => compileCel(expression, { variables, result: 'bool' }).mayLoop;
    expect(mayLoop('self.metadata.generation == 1')).toBe(false);
    expect(mayLoop("has(self.spec) && dep.?status.orValue({}) != {} && self.kind.startsWith('K') && int(self.n) - 1 > 0")).toBe(false);
    expect(mayLoop('[1].all(x, x == 1)')).toBe(true);
    expect(mayLoop('true || dep.status.conditions.map(c, c.type).size() == 1')).toBe(true);
    expect(mayLoop("cel.bind(x, 'a', x + x == 'aa')")).toBe(true);
    expect(mayLoop(`${"self.kind.endsWith('K') && ".repeat(50)}true`)).toBe(true);
  });

  test.each([
    "self.a.matches('.*.*.*.*.*b')",
    "self.a.replace('', self.a) == ''",
    "self.a.split('').join(self.a) == ''",
    "self.a + self.a == ''",
    'self.l + self.l == []',
    "'%s%s'.format([self.a, self.a]) == ''",
    "strings.quote(self.a) == ''",
    "self.a.lowerAscii() == ''",
    'size(self.a) == 1',
    "base64.encode(bytes(self.a)) == ''",
    'sets.contains(self.l, self.l)',
  ])('whose cost is not that of a comparison counts as one that loops: %s', (expression) => {
    expect(compileCel(expression, { variables, result: 'bool' }).mayLoop).toBe(true);
  });

  test('takes linear time for a regular expression that backtracks elsewhere, inside a loop too', () => {
    const spentMs = startCpuTime();
    expect(truth(`'${'a'.repeat(5_000)}!'.matches('^(a+)+$')`)).toBe(false);
    expect(truth(`['${'a'.repeat(5_000)}!'].exists(x, x.matches('^(a|a)*$'))`)).toBe(false);
    expect(spentMs()).toBeLessThan(2_000);
    expect(() => truth("'a'.matches('(?=a)')")).toThrow(EvaluationFailed);
  });

  test.each([
    ['(', 'deep', '('.repeat(5_000)],
    ['long', 'long', `'${'x'.repeat(20_000)}' == ''`],
    ['wide', 'wide', Array.from({ length: 6_000 }, () => '1').join('+')],
  ])('that is too %s is refused at once', (_, __, expression) => {
    const spentMs = startCpuTime();
    expect(() => truth(`${expression} == 1`)).toThrow(InvalidExpression);
    expect(spentMs()).toBeLessThan(500);
  });

  test('refuses a value that is nested beyond every object of the API', () => {
    let deep: unknown = {};
    for (let depth = 0; depth < 10_000; depth++) deep = { deep };
    expect(() => truth('has(dep.deep)', { self, dep: deep })).toThrow(EvaluationFailed);
  });
});

describe('an expression over variables that nobody knows before', () => {
  const free = (expression: string) => compileCel(expression, { variables: 'any', result: 'bool' });
  const object = { kind: 'Widget', metadata: { name: 'w' }, data: { up: true, count: 2 }, flags: [true] };

  test.each([
    ["kind == 'Widget' && metadata.name == 'w'", true],
    ['data.up', true],
    ['data.count > 2', false],
    ['flags.all(f, f)', true],
    ['has(data.up) && !has(data.down)', true],
  ])('%s is %s', (expression, expected) => {
    expect(free(expression).evaluate(object)).toBe(expected);
  });

  test.each(['status.phase == "Up"', 'has(status.phase)', 'data.count', 'kind', 'constructor == 1', 'toString'])(
    '%s has no answer',
    (expression) => {
      expect(() => free(expression).evaluate(object)).toThrow(EvaluationFailed);
    },
  );

  test.each(['data.up &&', 'foo(kind)', '__proto__ == 1', '1 + 1', "kind == 'a", ''])('%j can never have one', (expression) => {
    expect(() => free(expression)).toThrow(InvalidExpression);
  });
});
