import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from './default-config.ts';
import { fieldSpec } from './field-spec.ts';
import { mergeConfigs, mergeSpecs, NO_CONFIG } from './transformer-config.ts';

test('to merge the configuration with itself is to leave it', () =>
  expect(mergeConfigs(DEFAULT_CONFIG, DEFAULT_CONFIG)).toBe(DEFAULT_CONFIG));

test('what is there for a kind is there for any', () => {
  const known = [fieldSpec('spec/a', { kind: 'X' })];
  expect(mergeSpecs(known, [fieldSpec('spec/a')])).toEqual(known);
});

test('what is there for any kind is added for one', () => {
  expect(mergeSpecs([fieldSpec('spec/a')], [fieldSpec('spec/a', { kind: 'X' })])).toHaveLength(2);
});

test('with and without create is a conflict', () => {
  const specs = [fieldSpec('spec/a', { kind: 'X', create: true })];
  expect(() => mergeConfigs(NO_CONFIG, { images: [...specs, fieldSpec('spec/a')] })).toThrow(/configured twice, with and without create/);
});
