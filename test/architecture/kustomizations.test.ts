import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeIn, disagreements, featurePage, fieldsOf, ownFlags, rowsOf, unproven } from './feature-page.ts';
import { ROOT } from './imports.ts';

// docs/kustomizations.md is to a Kustomization what docs/sources.md is to a source.

const page = await featurePage('docs/kustomizations.md');
const rows = rowsOf(page.text);

test('every field of a Kustomization has a row, and every row a field', async () => {
  const own = rows.flatMap(({ names }) => names).filter((name) => /^(spec|status)\./.test(name));
  const fields = await fieldsOf('kustomizations');
  expect(fields.length).toBeGreaterThan(50);
  expect(disagreements(fields, own)).toEqual([]);
});

test('every test that the page names is there', async () => {
  expect(page.named.length).toBeGreaterThan(80);
  expect(await page.missing()).toEqual([]);
});

test('a row without a test says that nothing is done', () => {
  expect(unproven(page, rows)).toEqual([]);
});

test('nothing that a Kustomization can ask for is refused for want of doing it', () => {
  expect(rows.filter(({ meaning }) => /^Not acted on yet/.test(meaning)).flatMap(({ names }) => names)).toEqual([]);
});

test('every reason that the page names is one of ours', async () => {
  const code = await readFile(join(ROOT, 'packages/api/src/meta/names.ts'), 'utf8');
  const named = codeIn(page.section('Conditions and reasons')).filter((name) => /^[A-Z]\w+$/.test(name));
  expect(named.length).toBeGreaterThan(12);
  const conditions = new Set(['Ready', 'Reconciling', 'Stalled', 'Healthy', 'Drifted']);
  expect(named.filter((name) => !conditions.has(name) && !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});

test('every flag of the controller’s own, and of those that act for tenants, is on the page', async () => {
  const own = await ownFlags('kustomize-controller');
  const program = await readFile(join(ROOT, 'packages/runtime/src/program/common-flags.ts'), 'utf8');
  const shared = /export const tenancyFlags = \{(.*?)\n\}/s.exec(program)?.[1] ?? '';
  const flags = [...own, ...[...shared.matchAll(/^ {2}'([a-z-]+)': /gm)].map(([, name = '']) => `--${name}`)];
  const told = rowsOf(page.section('Flags')).flatMap(({ names }) => names);
  expect(flags.length).toBeGreaterThan(12);
  expect(flags.filter((name) => !told.includes(name))).toEqual([]);
});
