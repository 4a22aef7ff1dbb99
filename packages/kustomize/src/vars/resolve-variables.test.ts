import { describe, expect, test } from 'vitest';
import { expand } from './resolve-variables.ts';

const values = new Map<string, string | number | boolean>([
  ['A', 'x'],
  ['B', 2],
  ['C', true],
]);

test.each<[string, string | number | boolean]>([
  ['plain', 'plain'],
  ['$(A)', 'x'],
  ['$(B)', 2],
  ['$(C)', true],
  ['$(A)$(B)', 'x2'],
  ['is $(C)', 'is true'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$x'],
  ['$(D) $(A', '$(D) $(A'],
  ['$A $', '$A $'],
  ['$(A) $$ $(', 'x $ $('],
])('%j becomes %j', (text, expected) => expect(expand(text, values)).toBe(expected));

describe('CVE-2022-24878: a text with variables', () => {
  test('that never end takes no longer than others', () => {
    const text = '$('.repeat(200_000);
    expect(expand(text, values)).toBe(text);
  });

  test('that are long has a limit', () => {
    const long = new Map([['L', 'x'.repeat(100_000)]]);
    expect(() => expand('$(L)'.repeat(1_000), long)).toThrow(/^with its variables, a text gets longer than 4194304 characters/);
  });
});
