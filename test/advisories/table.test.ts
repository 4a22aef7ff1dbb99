import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = await readFile(join(ROOT, 'docs/robustness.md'), 'utf8');
/** An input, a fault or a goal of the list that hostile and broken sources are tested by. */
const INPUT = /^[AFP]\d{1,2}$/;
const ID = /^(CVE-\d{4}-\d{4,7}|GHSA(-[a-z0-9]{4}){1,3}|GO-\d{4}-\d{4})$/;

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

/** The inputs, faults and goals, each with its tests. */
const inputs: ReadonlyMap<string, Row['tests']> = new Map(
  PAGE.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    return INPUT.test(cells[1] ?? '') ? [[cells[1] ?? '', testsIn(cells[4] ?? '')] as const] : [];
  }),
);

/** What has no id, by what comes or what is otherwise elsewhere. */
const unnumbered: ReadonlyMap<string, Row['tests']> = new Map(
  ['What stands in the way of a Kustomization', 'Where we differ from Flux on purpose'].flatMap((title) =>
    (PAGE.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '').split('\n').map((line) => {
      const [, what = '', , tests = ''] = line.split('|').map((cell) => cell.trim());
      return [what, testsIn(tests)] as const;
    }),
  ),
);

/** What concerns sources: each of these has to have a test, and may wait for nothing. */
const OF_SOURCES = {
  controllers: [
    'CVE-2021-41254',
    'CVE-2022-39272',
    'CVE-2024-31216',
    'GHSA-6gcg',
    'GHSA-q4w5',
    'GHSA-h6h5',
    'GHSA-r9cr',
    'GHSA-6jqw',
    'GHSA-63qx',
  ],
  arguments: ['CVE-2026-113708', 'CVE-2026-113709', 'CVE-2026-113672', 'CVE-2026-55797', 'GHSA-jhqp', 'GO-2024-2667'],
  helm: [
    ...['CVE-2021-32690', 'CVE-2025-32386', 'CVE-2024-25620', 'CVE-2026-35206', 'CVE-2025-53547', 'GHSA-9vp5', 'CVE-2026-35204'],
    ...['CVE-2022-23525', 'GHSA-r53h', 'CVE-2025-55198'],
  ],
  git: [
    ...['CVE-2023-49569', 'CVE-2026-63478', 'CVE-2021-30483', 'CVE-2026-71557', 'CVE-2026-45571', 'CVE-2026-71556', 'CVE-2014-9390'],
    ...['CVE-2021-21300', 'CVE-2023-49568', 'CVE-2025-21614', 'CVE-2026-63476', 'GHSA-w5pp', 'GO-2026-4473', 'GO-2026-4910'],
    ...['CVE-2026-41506', 'CVE-2026-89011', 'CVE-2026-63475', 'CVE-2025-21613', 'CVE-2026-45570', 'CVE-2026-45022', 'CVE-2026-44309'],
  ],
  submodules: ['CVE-2018-11235', 'CVE-2018-17456', 'CVE-2017-1000117', 'CVE-2019-1387', 'CVE-2020-5260'],
  signatures: ['CVE-2025-47934', 'CVE-2023-41037', 'GHSA-hfmf', 'GHSA-qwqc', 'CVE-2020-26301', 'CVE-2023-48795', 'CVE-2023-22742'],
  registries: [
    ...['CVE-2026-48978', 'CVE-2026-59891', 'CVE-2026-103663'],
    ...['CVE-2022-36056', 'CVE-2026-22703', 'CVE-2026-48815', 'CVE-2026-48816'],
  ],
  libraries: [
    ...['CVE-2021-32803', 'CVE-2021-32804', 'CVE-2024-28863', 'CVE-2026-23745', 'CVE-2026-29786', 'CVE-2026-26960', 'CVE-2026-59873'],
    ...['CVE-2026-59874', 'CVE-2026-59875', 'CVE-2026-53486', 'CVE-2025-64718', 'CVE-2026-53550', 'CVE-2026-59869', 'CVE-2026-84375'],
    ...['CVE-2026-33532', 'CVE-2025-59466', 'CVE-2026-26996', 'CVE-2026-27903', 'CVE-2026-27904', 'CVE-2026-33671', 'CVE-2025-1302'],
    ...['GHSA-8gh8', 'CVE-2026-8657', 'CVE-2026-22036', 'CVE-2025-47279', 'CVE-2025-59465', 'CVE-2026-21637'],
  ],
  inputs: ['A2', 'A6', 'A10', 'A11', 'A12', 'A13', 'A14', 'A15', 'A16', 'A17', 'A18', 'A19', 'A25', 'A26'],
  faults: ['F12', 'F15', 'F16', 'F17', 'F18', 'F19', 'F21', 'F23', 'F24'],
  goals: ['P3', 'P4', 'P8'],
} as const;

/** What concerns Kustomizations, likewise; the inputs and goals with a test of theirs, whatever sources have. */
const OF_KUSTOMIZATIONS = {
  controllers: [
    ...['CVE-2022-24877', 'CVE-2022-24878', 'CVE-2021-41254', 'CVE-2022-24817', 'CVE-2022-39272', 'GHSA-6gcg', 'GHSA-q4w5', 'GHSA-h6h5'],
    ...['GHSA-r9cr', 'GHSA-6jqw', 'GHSA-63qx', 'CVE-2026-113708', 'CVE-2026-113709', 'CVE-2026-113672', 'CVE-2026-55797'],
  ],
  secrets: ['CVE-2026-42880', 'GO-2025-3433', 'CVE-2021-23135', 'GHSA-mv6w', 'CVE-2025-55190'],
  limits: ['GHSA-jhqp', 'GO-2024-2792', 'GHSA-6p4m', 'GO-2024-2728'],
  names: ['CVE-2026-89011', 'GHSA-8gh8'],
  inputs: ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A20', 'A21', 'A25'],
  goals: ['P3', 'P4', 'P5', 'P8', 'P9', 'P10'],
  obstacles: [
    'a manifest that is none, or that no cluster would take',
    'a SOPS file that cannot be decrypted, or was tampered with',
    'a variable without a value',
    'a value that breaks the YAML it is put into',
    'a change of what must not change',
    'a webhook that denies, or never answers',
    'a definition and its objects in one commit',
    'a namespace that is being deleted',
    'a finalizer that never ends',
    'an expression that fails',
    'dependencies in a circle',
    'a service account without the rights',
    'a cluster that cannot be reached',
    'ten thousand objects',
    'an inventory that cannot be stored',
    'two programs that want one field',
    'an object of another Kustomization',
  ],
  differences: [
    'One slow build holds up all others.',
    'An artifact is unpacked whatever it comes to.',
    'A cycle in `dependsOn` waits for ever.',
    'An object is forgotten once its deletion was accepted.',
    'A kubeconfig of a tenant may name files of the controller.',
  ],
} as const;
const isOfKustomizations = ({ file }: Row['tests'][number]) => /kustomiz|past-schema|hostile\.test/.test(file);

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

test('every test here begins with the numbers of a row that names it, or with the input that it is about', () => {
  const named = new Set([
    ...rows.flatMap(({ ids, tests }) => tests.map(({ file, title }) => `${file} ${ids}: ${title}`)),
    ...[...inputs.values()].flatMap((tests) => tests.map(({ file, title }) => `${file} ${title}`)),
  ]);
  const found = [...titles].flatMap(([file, own]) => own.map((title) => `${file} ${title}`));
  expect(found.length).toBeGreaterThan(30);
  expect(found.filter((title) => !named.has(title))).toEqual([]);
});

test.each(Object.entries(OF_SOURCES))('nothing that concerns sources is without a test: %s', (_, ids) => {
  const tested = new Map(rows.flatMap((row) => row.ids.split(', ').map((id) => [id, row.tests] as const)));
  expect(ids.filter((id) => (tested.get(id) ?? inputs.get(id) ?? []).length === 0)).toEqual([]);
});

test.each(Object.entries(OF_KUSTOMIZATIONS))(
  'nothing that concerns Kustomizations is without a test: %s',
  (kind, ids: readonly string[]) => {
    const tested = new Map(rows.flatMap((row) => row.ids.split(', ').map((id) => [id, row.tests] as const)));
    const testsOf = (id: string): Row['tests'] => {
      const tests = tested.get(id) ?? inputs.get(id) ?? unnumbered.get(id) ?? [];
      return kind === 'inputs' || kind === 'goals' || kind === 'obstacles' ? tests.filter(isOfKustomizations) : tests;
    };
    expect(ids.filter((id) => testsOf(id).length === 0)).toEqual([]);
  },
);

test('an input, a fault or a goal has at least one test that is named after it', () => {
  const isNamedAfter = (id: string) => (title: string) => new RegExp(`\\b${id}\\b`).test(title);
  expect([...inputs].filter(([id, tests]) => !tests.some(({ title }) => isNamedAfter(id)(title))).map(([id]) => id)).toEqual([]);
});

test('whatever has no test says which component it waits for', () => {
  const [, waiting = ''] = PAGE.split('## Not built yet');
  const idle = rows.filter(({ tests }) => tests.length === 0).map(({ ids }) => ids);
  expect(idle.length).toBeGreaterThan(0);
  expect(idle.filter((ids) => !waiting.includes(`| ${ids} `))).toEqual([]);
});
