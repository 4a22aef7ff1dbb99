import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = await readFile(join(ROOT, 'docs/robustness.md'), 'utf8');
const ID = /^(CVE-\d{4}-\d{4,6}|GHSA(-[a-z0-9]{4}){1,3}|GO-\d{4}-\d{4})$/;

interface Row {
  /** As they are written, which is also how the names of tests begin. */
  readonly ids: string;
  readonly tests: readonly { readonly file: string; readonly title: string }[];
}

/** The tests that a line of the page names, each with the link to its file. */
const testsIn = (line: string): Row['tests'] =>
  [...line.matchAll(/\[[^\]]+\]\(\.\.\/([^)]+\.ts)\) ([^<|]+)/g)].map(([, file = '', title = '']) => ({ file, title: title.trim() }));

/** The rows of the page's tables that begin with an advisory; what waits for a component has no tests. */
const rows: readonly Row[] = PAGE.split('\n').flatMap((line) => {
  const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
  const ids = cells[1] ?? '';
  if (!ID.test(ids.split(', ')[0] ?? '')) return [];
  return [{ ids, tests: testsIn(cells[4] ?? '') }];
});

/** What a test file calls its outermost tests and groups. */
const titlesIn = (source: string): readonly string[] =>
  [...source.matchAll(/^(?:describe|test)(?:\.each\(\w+\))?\(\s*(['"`])(.*?)\1/gms)].map(([, , title = '']) => title);

const files = (await readdir(import.meta.dirname)).filter((file) => file.endsWith('.test.ts') && file !== 'table.test.ts');
const titles: ReadonlyMap<string, readonly string[]> = new Map(
  await Promise.all(
    files.map(async (file) => [`test/advisories/${file}`, titlesIn(await readFile(join(import.meta.dirname, file), 'utf8'))] as const),
  ),
);

test('every advisory stands in the table once', () => {
  const ids = rows.flatMap((row) => row.ids.split(', '));
  expect(ids.length).toBeGreaterThan(80);
  expect(ids.filter((id) => !ID.test(id))).toEqual([]);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test('every test that the table names is there, under the numbers of its row', async () => {
  const missing: string[] = [];
  for (const { ids, tests } of rows) {
    for (const { file, title } of tests) {
      const own = titles.get(file);
      const isThere = own === undefined ? (await readFile(join(ROOT, file), 'utf8')).includes(title) : own.includes(`${ids}: ${title}`);
      if (!isThere) missing.push(`${file}: ${ids}: ${title}`);
    }
  }
  expect(missing).toEqual([]);
});

test('every other test that the page names is there', async () => {
  const named = PAGE.split('\n').flatMap(testsIn);
  expect(named.length).toBeGreaterThan(rows.flatMap(({ tests }) => tests).length);
  const missing = await Promise.all(
    named.map(async ({ file, title }) => ((await readFile(join(ROOT, file), 'utf8')).includes(title) ? [] : [title])),
  );
  expect(missing.flat()).toEqual([]);
});

test('every test here begins with the numbers of a row that names it', () => {
  const named = new Set(rows.flatMap(({ ids, tests }) => tests.map(({ file, title }) => `${file} ${ids}: ${title}`)));
  const found = [...titles].flatMap(([file, own]) => own.map((title) => `${file} ${title}`));
  expect(found.length).toBeGreaterThan(30);
  expect(found.filter((title) => !named.has(title))).toEqual([]);
});

test('whatever has no test says which component it waits for', () => {
  const [, waiting = ''] = PAGE.split('## Not built yet');
  const idle = rows.filter(({ tests }) => tests.length === 0).map(({ ids }) => ids);
  expect(idle.length).toBeGreaterThan(0);
  expect(idle.filter((ids) => !waiting.includes(`| ${ids} `))).toEqual([]);
});
