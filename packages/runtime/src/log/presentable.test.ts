import { expect, test } from 'vitest';
import { presentable, withinBytes } from './presentable.ts';

const pem = `-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(800)}\n-----END PRIVATE KEY-----`;

test('shows a text that fits as it is', () => {
  expect(presentable('x'.repeat(100), { maxCharacters: 100 })).toBe('x'.repeat(100));
});

test('marks where a longer one was cut, and never cuts a character in half', () => {
  expect(presentable('x'.repeat(101), { maxCharacters: 100 })).toBe(`${'x'.repeat(97)}...`);
  expect(presentable(`${'x'.repeat(96)}🙂🙂🙂`, { maxCharacters: 100 })).toBe(`${'x'.repeat(96)}...`);
});

test('keeps to what a condition takes', () => {
  expect(presentable('x'.repeat(1_000_000))).toHaveLength(32_768);
});

test('masks a credential', () => {
  expect(presentable('GET https://user:hunter2@example.dev/: 401')).toBe('GET https://*****@example.dev/: 401');
});

test('masks a key that begins before the cut and ends long after it', () => {
  expect(presentable(`refused ${pem} by the server`, { maxCharacters: 200 })).toBe('refused ***** by the server');
});

test('shows nothing of a key that ends beyond what is read, however much was masked before it', () => {
  const shown = presentable(pem.repeat(50), { maxCharacters: 200 });
  expect(shown).toMatch(/\.\.\.$/);
  expect(shown).not.toContain('QUJD');
});

test('cuts by bytes where the server counts bytes', () => {
  expect(withinBytes('ä'.repeat(512), 1_024)).toBe('ä'.repeat(512));
  const cut = withinBytes('ä'.repeat(513), 1_024);
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1_024);
  expect(cut).toBe(`${'ä'.repeat(510)}...`);
  expect(withinBytes('🙂'.repeat(1_000), 1_024)).toMatch(/^(🙂)+\.\.\.$/u);
});
