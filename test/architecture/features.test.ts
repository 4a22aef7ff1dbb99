import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './imports.ts';

// docs/sources.md says of every field of a source what it does here, and which test proves it. What is written there is compared with the reference, which is
// generated from the schemas, with the tests, and with the controller's sources.

const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');
const page = await read('docs/sources.md');

const KINDS: Readonly<Record<string, string>> = {
  GitRepository: 'gitrepositories',
  OCIRepository: 'ocirepositories',
  Bucket: 'buckets',
  HelmRepository: 'helmrepositories',
  HelmChart: 'helmcharts',
  ExternalArtifact: 'externalartifacts',
};

const sections = new Map(page.split(/^## /m).map((text) => [text.slice(0, text.indexOf('\n')), text] as const));
const sectionOf = (title: string): string => sections.get(title) ?? '';

interface Row {
  /** What the first cell has as code. */
  readonly names: readonly string[];
  readonly meaning: string;
  readonly tests: string;
}

const codeIn = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

const rowsOf = (section: string): readonly Row[] =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const cells = line.split('|').slice(1, -1);
      return { names: codeIn(cells[0] ?? ''), meaning: (cells[1] ?? '').trim(), tests: (cells.at(-1) ?? '').trim() };
    });

/** Paths of the fields that have a value of their own; `secretRef` stands for the name within it. */
async function fieldsOf(plural: string): Promise<readonly string[]> {
  const reference = await read(`docs/reference/${plural}.md`);
  const all = [...reference.matchAll(/^\| `((?:spec|status)\.[^`]+)`/gm)].map(([, path = '']) =>
    path.replace(/\.(\w*[sS]ecretRef|repository)\.name$/, '.$1'),
  );
  const fields = new Set(all.map((path) => path.replace(/^status\.conditions\[\].*/, 'status.conditions')).map(wholeArtifact));
  return [...fields].filter((path) => ![...fields].some((other) => other.startsWith(`${path}.`) || other.startsWith(`${path}[]`)));
}

/** Included artifacts are artifacts like any other. */
const wholeArtifact = (path: string): string =>
  path
    .replace(/^status\.includedArtifacts\[\].*/, 'status.includedArtifacts')
    .replace(/^status\.observedInclude\[\].*/, 'status.observedInclude');

const common = rowsOf(sectionOf('Every kind')).flatMap(({ names }) => names);

test.each(Object.entries(KINDS))('every field of a %s has a row, and every row a field', async (kind, plural) => {
  const fields = await fieldsOf(plural);
  const own = rowsOf(sectionOf(kind)).flatMap(({ names }) => names);
  const isTold = (field: string) => [...own, ...common].some((name) => field === name || field.startsWith(`${name}.`));
  expect(fields.length).toBeGreaterThan(3);
  expect(fields.filter((field) => !isTold(field))).toEqual([]);
  expect(own.filter((name) => !fields.some((field) => field === name || field.startsWith(`${name}.`)))).toEqual([]);
  expect(own.filter((name, index) => own.indexOf(name) !== index)).toEqual([]);
});

test('what is said of every kind is a field of some', async () => {
  const fields = new Set((await Promise.all(Object.values(KINDS).map(fieldsOf))).flat());
  expect(common.filter((name) => !fields.has(name))).toEqual([]);
});

/** File and title of every test that a text names. */
const files = new Map([...page.matchAll(/^\[([\w-]+)\]: \.\.\/(\S+)$/gm)].map(([, name = '', path = '']) => [name, path] as const));
const testsIn = (text: string) =>
  [...text.matchAll(/\[([\w-]+)\] (.+?)(?=<br>|\)\.$| \||$)/gm)]
    .filter(([, name = '']) => files.has(name))
    .map(([, name = '', title = '']) => ({ name, title: title.trim() }));

test('every test that the page names is there', async () => {
  const named = page.split('\n').flatMap(testsIn);
  expect(named.length).toBeGreaterThan(120);
  const sources = new Map(await Promise.all([...files].map(async ([name, path]) => [name, await read(path)] as const)));
  const isThere = ({ name, title }: { readonly name: string; readonly title: string }): boolean =>
    ["'", '"', '`'].some((quote) => sources.get(name)?.includes(`${quote}${title.replaceAll("'", quote === "'" ? "\\'" : "'")}${quote}`));
  expect(named.filter((each) => !isThere(each)).map(({ name, title }) => `${name}: ${title}`)).toEqual([]);
  expect([...files.keys()].filter((name) => !page.includes(`[${name}] `) && !page.includes(`[${name}].`))).toEqual([]);
});

test('a row without a test says that nothing is done', () => {
  const titles = [...Object.keys(KINDS), 'Every kind', 'Conditions and reasons', 'Events and metrics', 'Flags'];
  const rows = titles.flatMap((title) => rowsOf(sectionOf(title)));
  const untested = rows.filter(({ tests }) => testsIn(tests).length === 0);
  expect(untested.filter(({ meaning }) => !meaning.startsWith('Not acted on')).map(({ names }) => names.join())).toEqual([]);
});

const controller = join(ROOT, 'packages/source-controller/src');
const sourcesOf = async (directory: string): Promise<string> => {
  const found = (await readdir(directory, { recursive: true })).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return (await Promise.all(found.map((file) => readFile(join(directory, file), 'utf8')))).join('\n');
};

test('every reason that the page names is one of the controller’s, and every one of its stages is on the page', async () => {
  const code = `${await sourcesOf(controller)}\n${await read('packages/api/src/meta/names.ts')}`;
  const named = codeIn(sectionOf('Conditions and reasons')).filter((name) => /^[A-Z]\w+$/.test(name));
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
  const program = await read('packages/source-controller/src/program.ts');
  const own = [...program.matchAll(/^ {2}'([a-z-]+)': /gm)].map(([, name = '']) => `--${name}`);
  const told = rowsOf(sectionOf('Flags')).flatMap(({ names }) => names);
  expect(own.length).toBeGreaterThan(15);
  expect(own.filter((name) => !told.includes(name))).toEqual([]);
});
