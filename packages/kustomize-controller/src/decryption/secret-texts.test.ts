import type { Unstructured } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { secretTextsOf } from './secret-texts.ts';

const config: Unstructured = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'team-one' } };

test('what objects are called is no secret, and neither is what is too short to be told apart', () => {
  expect(secretTextsOf([config], new Set(['ConfigMap', 'settings', 'team-one', 'v1', 'short', 'settings-of-one']))).toEqual([
    'settings-of-one',
  ]);
});

test('a document with too many lines leaves no password out', () => {
  const passwords = Array.from({ length: 900 }, (_, index) => `password ${index}`);
  const document = 'a line\n'.repeat(200);

  expect(secretTextsOf([], new Set([document, ...passwords]))).toEqual(passwords);
});

test('no more is handed over than is learned in no time', () => {
  const lines = Array.from({ length: 5_000 }, (_, index) => `value ${index}`);
  const long = Array.from({ length: 20 }, (_, index) => `${index}`.padStart(200_000, 'x'));

  expect(secretTextsOf([], new Set(lines))).toHaveLength(1_000);
  expect(secretTextsOf([], new Set(long))).toHaveLength(5);
  expect(secretTextsOf([], new Set(['y'.repeat(300_000)]))).toEqual([]);
});

test('what is no text is one in base64', () => {
  const bytes = Buffer.from([0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa]).toString('base64');
  const secret = { ...config, kind: 'Secret', data: { bytes, none: 7 }, stringData: null };

  expect(secretTextsOf([secret], new Set(['revealed']))).toEqual(['revealed', bytes]);
});
