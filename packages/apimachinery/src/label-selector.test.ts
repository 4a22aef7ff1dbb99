import { expect, test } from 'vitest';
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

test.each(['a b', 'a=b=c', 'in (x)', '-a=b', '/x=y'])('%j is refused', (text) => {
  expect(() => parseLabelSelector(text)).toThrow(InvalidSelector);
});
