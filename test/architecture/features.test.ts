import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeIn, disagreements, featurePage, fieldsOf, ownFlags, rowsOf, unproven } from './feature-page.ts';
import { ROOT } from './imports.ts';

// docs/sources.md says of every field of a source what it does here, and which test proves it. What is written there is compared with the reference, which is
// generated from the schemas, with the tests, and with the controller's sources.

const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');
const page = await featurePage('docs/sources.md');

const KINDS: Readonly<Record<string, string>> = {
  GitRepository: 'gitrepositories',
  OCIRepository: 'ocirepositories',
  Bucket: 'buckets',
  HelmRepository: 'helmrepositories',
  HelmChart: 'helmcharts',
  ExternalArtifact: 'externalartifacts',
};

const common = rowsOf(page.section('Every kind')).flatMap(({ names }) => names);

test.each(Object.entries(KINDS))('every field of a %s has a row, and every row a field', async (kind, plural) => {
  const fields = await fieldsOf(plural);
  expect(fields.length).toBeGreaterThan(3);
  expect(
    disagreements(
      fields,
      rowsOf(page.section(kind)).flatMap(({ names }) => names),
      common,
    ),
  ).toEqual([]);
});

test('what is said of every kind is a field of some', async () => {
  const fields = new Set((await Promise.all(Object.values(KINDS).map(fieldsOf))).flat());
  expect(common.filter((name) => !fields.has(name))).toEqual([]);
});

test('every test that the page names is there', async () => {
  expect(page.named.length).toBeGreaterThan(120);
  expect(await page.missing()).toEqual([]);
});

test('a row without a test says that nothing is done', () => {
  const titles = [...Object.keys(KINDS), 'Every kind', 'Conditions and reasons', 'Events and metrics', 'Flags'];
  expect(
    unproven(
      page,
      titles.flatMap((title) => rowsOf(page.section(title))),
    ),
  ).toEqual([]);
});

const controller = join(ROOT, 'packages/source-controller/src');
const sourcesOf = async (directory: string): Promise<string> => {
  const found = (await readdir(directory, { recursive: true })).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return (await Promise.all(found.map((file) => readFile(join(directory, file), 'utf8')))).join('\n');
};

test('every reason that the page names is one of the controller’s, and every one of its stages is on the page', async () => {
  const code = `${await sourcesOf(controller)}\n${await read('packages/api/src/meta/names.ts')}`;
  const named = codeIn(page.section('Conditions and reasons')).filter((name) => /^[A-Z]\w+$/.test(name));
  expect(named.length).toBeGreaterThan(35);
  expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);

  const directories = (await readdir(controller, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const stages = await Promise.all(
    directories.map((name) =>
      read(`packages/source-controller/src/${name}/stages.ts`).catch((error: NodeJS.ErrnoException) =>
        error.code === 'ENOENT' ? '' : Promise.reject(error),
      ),
    ),
  );
  const words = stages.flatMap((text) => [...text.matchAll(/'([A-Z][A-Za-z]+)'/g)].map(([, word = '']) => word));
  const errors = new Set(['True', 'False', 'GitError', 'IncludeFailed']);
  expect(words.length).toBeGreaterThan(20);
  expect(words.filter((word) => !errors.has(word) && !named.includes(word))).toEqual([]);
});

test('every flag of the controller’s own is on the page', async () => {
  const own = await ownFlags('source-controller');
  const told = rowsOf(page.section('Flags')).flatMap(({ names }) => names);
  expect(own.length).toBeGreaterThan(15);
  expect(own.filter((name) => !told.includes(name))).toEqual([]);
});
