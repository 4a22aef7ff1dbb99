import { expect, test } from 'vitest';
import { startCpuTime } from './cpu-time.ts';
import { InvalidSelector, parseLabelSelector } from './label-selector.ts';

const labels = { app: 'web', tier: 'front', 'example.com/team': 'a' };

test.each([
  ['app=web', true],
  ['app==web,tier=front', true],
  ['app=web,tier=back', false],
  ['app!=api', true],
  ['missing!=x', true],
  ['app in (web, api)', true],
  ['app notin (web,api)', false],
  ['missing notin (x)', true],
  ['example.com/team', true],
  ['!missing', true],
  ['!app', false],
  ['', true],
])('%j', (text, expected) => {
  expect(parseLabelSelector(text)(labels)).toBe(expected);
});

test.each([
  'a b',
  'a=b=c',
  'in (x)',
  '-a=b',
  '/x=y',
  '(',
  ')',
  '()',
  'app=web)',
  '(app=web',
  'app in (web',
  'app in web)',
  'app=(web)',
  'app in ((web))',
])('%j is refused', (text) => {
  expect(() => parseLabelSelector(text)).toThrow(InvalidSelector);
});

test('a selector of any length takes time by its length, and a message about it is short', () => {
  const spentMs = startCpuTime();
  for (const text of ['(a', '()', 'a,(', 'a=b ', 'a in (b,'].map((piece) => piece.repeat(200_000)))
    expect(() => parseLabelSelector(text)).toThrow(/^.{1,260}$/);
  expect(spentMs()).toBeLessThan(2_000);
});
