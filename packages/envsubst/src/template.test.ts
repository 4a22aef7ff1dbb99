import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EnvsubstError } from './envsubst-error.ts';
import { parseTemplate, type TemplateLimits } from './template.ts';

const expand = (text: string, values: Readonly<Record<string, string>> = {}, limits?: TemplateLimits): string =>
  parseTemplate(text, limits).expand((name) => (Object.hasOwn(values, name) ? values[name] : undefined));

function failureOf(work: () => unknown): EnvsubstError {
  try {
    work();
  } catch (error) {
    if (error instanceof EnvsubstError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('for every text', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 200 });
  const signs = fc.string({ unit: fc.constantFrom(...'ab{}$\\/:#%^,=-+?*[] 1'), maxLength: 60 });

  test('one without a dollar sign stays as it is', () => {
    fc.assert(fc.property(text, (it) => it.includes('$') || expand(it) === it));
  });

  test('one whose dollar signs are doubled comes out as it was', () => {
    fc.assert(fc.property(text, (it) => expand(it.replaceAll('$', () => '$$')) === it));
  });

  test('a value is put in as it is, and never looked at again', () => {
    fc.assert(fc.property(text, (it) => expand('<${a}>', { a: it }) === `<${it}>`));
  });

  test('it expands, or fails as it should, and twice the same', () => {
    fc.assert(
      fc.property(signs, signs, (it, a) => {
        const attempt = () => {
          try {
            return expand(it, { a, b: 'b' });
          } catch (error) {
            expect(error).toBeInstanceOf(EnvsubstError);
            return (error as Error).message;
          }
        };
        expect(attempt()).toBe(attempt());
      }),
      { numRuns: 2_000 },
    );
  });

  test('its pieces are the result, and name their variables', () => {
    const pieces = parseTemplate('a ${x} b $${y}${z:=${x}}').pieces((name) => (name === 'x' ? '1' : undefined));
    expect(pieces).toEqual([
      { text: 'a ', variables: [] },
      { text: '1', variables: ['x'] },
      { text: ' b ${y}', variables: [] },
      { text: '1', variables: ['z', 'x'] },
    ]);
  });
});

describe('patterns', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'abé'), maxLength: 12 });
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '*', '?', '[ab]', '[^a]'), minLength: 1, maxLength: 6 });
  const regex = (pattern: string): RegExp => new RegExp(`^(?:${pattern.replaceAll('*', '.*').replaceAll('?', '.')})$`, 'su');
  const prefixes = (value: string): readonly string[] => [...value].map((_, index, all) => all.slice(0, index + 1).join(''));

  test.each([
    ['#', 'shortest', 0],
    ['##', 'longest', -1],
  ] as const)('%s takes away the %s beginning that matches', (sign, _, which) => {
    fc.assert(
      fc.property(letters, patterns, (value, pattern) => {
        const matching = prefixes(value).filter((each) => regex(pattern).test(each));
        expect(expand(`\${a${sign}${pattern}}`, { a: value })).toBe(value.slice(matching.at(which)?.length ?? 0));
      }),
      { numRuns: 1_000 },
    );
  });

  test('never take half a letter', () => {
    expect(expand('${a#?}${a%?}', { a: '日本' })).toBe('本日');
  });
});

describe('what would take too much', () => {
  test('is refused when the result would be too long', () => {
    const limits = { maxLength: 1_000_000 };
    const long = 'x'.repeat(100_000);
    expect(failureOf(() => expand('${a}'.repeat(11), { a: long }, limits))).toMatchObject({ kind: 'limit', variable: 'a' });
    expect(failureOf(() => expand(`\${a//x/\${b}}`, { a: long, b: long }, limits))).toMatchObject({ kind: 'limit', variable: 'a' });
    expect(failureOf(() => expand(`\${a//\${none}/\${b}}`, { a: long, b: long }, limits))).toMatchObject({ kind: 'limit', variable: 'a' });
  });

  test('is refused when expressions are nested too deeply', () => {
    const nested = (depth: number): string => '${a:='.repeat(depth) + '}'.repeat(depth);
    expect(expand(nested(100))).toBe('');
    expect(failureOf(() => expand(nested(101)))).toMatchObject({ kind: 'limit', variable: undefined });
    expect(failureOf(() => expand(nested(1_000_000)))).toMatchObject({ kind: 'limit' });
  });

  test('is refused when a pattern takes too many comparisons', () => {
    const a = 'a'.repeat(100_000);
    expect(failureOf(() => expand('${a#${b}}', { a, b: `*${a.slice(0, 50_000)}b` }))).toMatchObject({ kind: 'limit', variable: 'a' });
  });

  test('takes time in proportion, else', () => {
    const started = performance.now();
    const many = '${a:=${b/x/y}} $$ ${c%%-*}\n'.repeat(100_000);
    expect(expand(many, { b: 'x', c: '1-2' })).toHaveLength(6 * 100_000);
    expect(expand('$'.repeat(2_000_000))).toHaveLength(1_000_000);
    expect(expand('${a%%-*}', { a: 'a'.repeat(2_000_000) })).toHaveLength(2_000_000);
    expect(expand('${a:1:3}', { a: 'a'.repeat(2_000_000) })).toBe('aaa');
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('what goes wrong', () => {
  test('is told without a word of the text or of a value', () => {
    const secret = 'hunter2';
    const texts = ['${a/hunter2', '${a:0:1}', '${a#hunter2', '${hunter', '${', '${a^hunter2}', '${b:=hunter2'];
    for (const text of texts) {
      const failure = failureOf(() => expand(text, { a: `é${secret}` }));
      expect(failure.message).not.toContain(secret);
      expect(failure.at).toBe(0);
    }
  });

  test('names the innermost variable, and where its expression begins', () => {
    const strict = () => parseTemplate('x ${a:=${b}}').expand(() => undefined, { strict: true });
    expect(failureOf(strict)).toMatchObject({ kind: 'unset', variable: 'b', at: 7, message: 'variable not set (strict mode): "b"' });
    expect(failureOf(() => expand('x ${a:=${b-c}}'))).toMatchObject({ kind: 'syntax', variable: 'b', at: 7 });
  });

  test('is a slice that would cut a letter in two, which no text can hold', () => {
    expect(failureOf(() => expand('${a:1}', { a: 'é' }))).toMatchObject({ kind: 'split', variable: 'a' });
  });

  test('names of prototypes are names like any other', () => {
    expect(expand('${__proto__:=a}${constructor:=b}${toString}')).toBe('ab');
  });
});
