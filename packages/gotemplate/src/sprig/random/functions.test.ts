import { expect, test } from 'vitest';
import { TemplateSet } from '../../index.ts';
import { sprigFunctions, systemSources } from '../index.ts';

/** Renders with bytes that come one after the other. */
function render(template: string, bytes: readonly number[]): string {
  let at = 0;
  const randomBytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => bytes[at++ % bytes.length] ?? 0);
  const set = new TemplateSet({ functions: sprigFunctions({ ...systemSources, randomBytes }) });
  set.parse('t', template);
  return set.execute('t', null);
}

test('what chance decides follows from the bytes that it gets', () => {
  expect(render('{{ randNumeric 4 }}', [0, 9, 13, 249])).toBe('0939');
  expect(render('{{ uuidv4 }}', [0xff])).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  expect(render('{{ randInt 10 14 }}', [0, 0, 0, 0, 0, 0, 0, 7])).toBe('13');
  expect(render('{{ randBytes 3 }}', [1, 2, 3])).toBe('AQID');
  expect(render('{{ shuffle "abc" }}', [0, 0, 0, 0, 0, 0, 0, 2])).toBe('cab');
});

test('no digit is likelier than another: bytes beyond the last whole ten are drawn again', () => {
  expect(render('{{ randNumeric 2 }}', [250, 1, 255, 2])).toBe('12');
});

test('nothing is drawn twice in a thousand times', () => {
  const set = new TemplateSet({ functions: sprigFunctions() });
  set.parse('t', '{{ $l := list }}{{ range until 1000 }}{{ $l = append $l (randAlphaNum 16) }}{{ end }}{{ $l | uniq | len }}');
  expect(set.execute('t', null)).toBe('1000');
});
