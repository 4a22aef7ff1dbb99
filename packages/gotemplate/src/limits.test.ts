import { describe, expect, test } from 'vitest';
import { ANY, define, type GoFunction, type GoMap, type GoValue, STRING, TemplateError, TemplateSet } from './index.ts';

const MANY = 100_000;

const include: GoFunction = define({ params: [STRING, ANY], result: STRING }, ([name, data], context) =>
  context.execute(name as string, data),
);

function run(template: string, data: GoValue = new Map(), limits = {}): string {
  const set = new TemplateSet({ functions: new Map([['include', include]]) });
  set.parse('t', template);
  return set.execute('t', data, { maxSteps: 200_000, maxLength: 1_000_000, ...limits });
}

/** How the template ends, which has to be soon. */
function ending(template: string, data?: GoValue): string {
  try {
    return `prints ${run(template, data).length}`;
  } catch (thrown) {
    if (!(thrown instanceof TemplateError)) throw thrown;
    return `${thrown.kind}: ${thrown.message}`;
  }
}

describe('templates that strangers wrote', () => {
  test.each([
    ['parentheses within parentheses', `{{${'('.repeat(MANY)}1${')'.repeat(MANY)}}}`],
    ['conditions within conditions', '{{if 1}}'.repeat(MANY) + '{{end}}'.repeat(MANY)],
    ['a chain of conditions', `{{if 0}}${'{{else if 0}}'.repeat(MANY)}{{end}}`],
    ['blocks within blocks', '{{block "b" .}}'.repeat(MANY)],
  ])('%s are refused as they are parsed', (_, template) => {
    expect(ending(template)).toBe('limit: template: t:1: max expression depth exceeded');
  });

  test.each([
    ['a template that calls itself', '{{define "a"}}{{template "a" .}}{{end}}{{template "a"}}'],
    ['a template that includes itself', '{{define "a"}}{{include "a" .}}{{end}}{{template "a"}}'],
    [
      'two that call each other',
      '{{define "a"}}{{range 1}}{{template "b" .}}{{end}}{{end}}{{define "b"}}{{with 1}}{{template "a"}}{{end}}{{end}}{{template "a"}}',
    ],
    ['a pipeline in which a text doubles', `{{"aaaaaaaaaa"${' | printf "%[1]s%[1]s"'.repeat(60)}}}`],
    ['a variable that doubles', '{{$x := "aaaaaaaaaa"}}{{range 100}}{{$x = print $x $x}}{{end}}'],
    ['ranges within ranges', '{{range 1000}}{{range 1000}}{{range 1000}}{{end}}{{end}}{{end}}'],
    ['a range without end', '{{range 9223372036854775807}}{{end}}'],
    ['widths by the thousand', `{{printf "${'%999999d'.repeat(1000)}"${' 1'.repeat(1000)}}}`],
    ['a width for every element', '{{printf "%999d" .}}'],
    ['variables that are far behind', `{{$z := 0}}${'{{$x := 1}}'.repeat(5000)}{{range 1000}}{{$z}}{{end}}`],
  ])('%s ends at a limit', (_, template) => {
    const data = Array.from({ length: 5000 }, () => 1);
    expect(ending(template, data)).toMatch(/^limit: /);
  });

  test('values that contain themselves end at a limit', () => {
    const map: GoMap = new Map();
    map.set('self', map);
    expect(ending('{{.}}', map)).toBe('limit: value is nested more than 500 levels deep');
    expect(ending('{{eq . nil}}', map)).toBe('prints 5');
  });

  test('values that contain others many times over end at a limit', () => {
    let value: GoValue = 'x';
    for (let level = 0; level < 40; level += 1) value = [value, value];
    expect(ending('{{.}}', value)).toMatch(/^limit: /);
  });

  test.each([
    ['a pipeline of many commands', `{{1${' | print'.repeat(20_000)}}}`, 'prints 1'],
    ['many arguments', `{{print${' 1'.repeat(20_000)}}}`, 'prints 39999'],
    ['a long chain of fields', `{{.${'a.'.repeat(MANY)}a}}`, 'prints 10'],
    ['a width beyond what Go knows', '{{printf "%1000000000d" 1}}', 'prints 25'],
    ['many flags', `{{printf "%${'+'.repeat(MANY)}d" 1}}`, 'prints 2'],
    ['many variables', `${'{{$x := 1}}'.repeat(20_000)}{{$x}}`, 'prints 1'],
    ['many spaces', `{{${' '.repeat(MANY)}1}}`, 'prints 1'],
  ])('%s is worked off', (_, template, expected) => {
    expect(ending(template)).toBe(expected);
  });

  test('names that mean something to JavaScript are keys like others', () => {
    const data = new Map<string, GoValue>([['__proto__', new Map<string, GoValue>([['polluted', 'no']])]]);
    expect(
      run('{{.__proto__.polluted}} {{.constructor}} {{.toString}} {{.size}} {{.get}} {{.hasOwnProperty}} {{index . "constructor"}}', data),
    ).toBe('no <no value> <no value> <no value> <no value> <no value> <no value>');
    expect(run('{{define "constructor"}}c{{end}}{{template "constructor"}}')).toBe('c');
    expect(ending('{{template "__proto__"}}')).toMatch(/template "__proto__" not defined/);
    expect(ending('{{constructor}}')).toMatch(/function "constructor" not defined/);
    expect(ending('{{toString}}')).toMatch(/function "toString" not defined/);
    expect(ending('{{"a".constructor}}')).toMatch(/unexpected . after term/);
    expect(ending('{{range $__proto__ := 2}}{{$__proto__.constructor}}{{end}}')).toMatch(/can't evaluate field constructor in type int/);
  });

  test('limits hold for all that an execution executes together', () => {
    const template = '{{define "a"}}{{printf "%1000d" 1}}{{end}}{{range 100}}{{include "a" .}}{{end}}';
    expect(run(template, undefined, { maxLength: 500_000 })).toHaveLength(100_000);
    expect(() => run(template, undefined, { maxLength: 100_000 })).toThrow('makes more than 100000 characters');
  });

  test('the depth of templates is limited', () => {
    const template =
      '{{define "a"}}{{if .}}{{template "b" slice . 1}}{{end}}{{end}}{{define "b"}}{{include "a" .}}{{end}}{{template "a" .}}';
    expect(run(template, 'x'.repeat(20), { maxDepth: 50 })).toBe('');
    expect(() => run(template, 'x'.repeat(30), { maxDepth: 50 })).toThrow('exceeded maximum template depth (50)');
  });

  test('a checkpoint ends an execution from outside', () => {
    let calls = 0;
    const checkpoint = () => {
      calls += 1;
      if (calls === 3) throw new Error('out of time');
    };
    expect(() => run('{{range 1000000}}{{end}}', undefined, { checkpoint })).toThrow('out of time');
  });
});
