import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './imports.ts';

/** A row of a table of a page that says what fields, flags and reasons do here, and which test proves it. */
export interface Row {
  /** What the first cell has as code. */
  readonly names: readonly string[];
  readonly meaning: string;
  readonly tests: string;
}

export interface NamedTest {
  /** Of the file, as the page abbreviates it. */
  readonly name: string;
  readonly title: string;
}

export interface FeaturePage {
  readonly text: string;
  /** '' for a section that there is not. */
  section(title: string): string;
  testsIn(text: string): readonly NamedTest[];
  readonly named: readonly NamedTest[];
  /** What the page names and is not there, tests and files alike. */
  missing(): Promise<readonly string[]>;
}

const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

export const codeIn = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** The rows whose first cell begins with code. */
export const rowsOf = (text: string): readonly Row[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const cells = line.split('|').slice(1, -1);
      return { names: codeIn(cells[0] ?? ''), meaning: (cells[1] ?? '').trim(), tests: (cells.at(-1) ?? '').trim() };
    });

export async function featurePage(path: string): Promise<FeaturePage> {
  const text = await read(path);
  const sections = new Map(text.split(/^## /m).map((part) => [part.slice(0, part.indexOf('\n')), part] as const));
  const files = new Map([...text.matchAll(/^\[([\w-]+)\]: \.\.\/(\S+)$/gm)].map(([, name = '', file = '']) => [name, file] as const));
  const testsIn = (part: string) =>
    [...part.matchAll(/\[([\w-]+)\] (.+?)(?=<br>|\)\.$| \||$)/gm)]
      .filter(([, name = '']) => files.has(name))
      .map(([, name = '', title = '']) => ({ name, title: title.trim() }));
  const named = text.split('\n').flatMap(testsIn);
  return {
    text,
    section: (title) => sections.get(title) ?? '',
    testsIn,
    named,
    async missing() {
      const sources = new Map(await Promise.all([...files].map(async ([name, file]) => [name, await read(file)] as const)));
      const isThere = ({ name, title }: NamedTest): boolean =>
        ["'", '"', '`'].some((quote) =>
          sources.get(name)?.includes(`${quote}${title.replaceAll("'", quote === "'" ? "\\'" : "'")}${quote}`),
        );
      return [
        ...named.filter((each) => !isThere(each)).map(({ name, title }) => `${name}: ${title}`),
        ...[...files.keys()].filter((name) => !text.includes(`[${name}] `) && !text.includes(`[${name}].`)),
      ];
    },
  };
}

/** Paths of the fields of a kind that have a value of their own, as its reference has them; `secretRef` stands for the name within it. */
export async function fieldsOf(plural: string): Promise<readonly string[]> {
  const reference = await read(`docs/reference/${plural}.md`);
  const all = [...reference.matchAll(/^\| `((?:spec|status)\.[^`]+)`/gm)].map(([, path = '']) =>
    path.replace(/\.(\w*[sS]ecretRef|configMapRef|repository)\.name$/, '.$1'),
  );
  const fields = new Set(all.map((path) => path.replace(/^status\.conditions\[\].*/, 'status.conditions')).map(wholeArtifact));
  return [...fields].filter((path) => ![...fields].some((other) => other.startsWith(`${path}.`) || other.startsWith(`${path}[]`)));
}

/** Included artifacts are artifacts like any other. */
const wholeArtifact = (path: string): string =>
  path
    .replace(/^status\.includedArtifacts\[\].*/, 'status.includedArtifacts')
    .replace(/^status\.observedInclude\[\].*/, 'status.observedInclude');

/** What fields and rows have against each other: a field without a row, a row without a field, a row twice. `common` are rows that may be for other kinds too. */
export function disagreements(fields: readonly string[], own: readonly string[], common: readonly string[] = []): readonly string[] {
  const tells = (name: string, field: string) => field === name || field.startsWith(`${name}.`);
  return [
    ...fields.filter((field) => ![...own, ...common].some((name) => tells(name, field))).map((field) => `${field} has no row`),
    ...own.filter((name) => !fields.some((field) => tells(name, field))).map((name) => `${name} is no field`),
    ...own.filter((name, index) => own.indexOf(name) !== index).map((name) => `${name} has two rows`),
  ];
}

/** The rows that name no test, and do not say that nothing is done. */
export const unproven = ({ testsIn }: FeaturePage, rows: readonly Row[]): readonly string[] =>
  rows.filter(({ tests, meaning }) => testsIn(tests).length === 0 && !meaning.startsWith('Not acted on')).map(({ names }) => names.join());

/** Flags that a controller has of its own, as its program lists them. */
export async function ownFlags(controller: string): Promise<readonly string[]> {
  const program = await read(`packages/${controller}/src/program.ts`);
  return [...program.matchAll(/^ {2}'([a-z-]+)': /gm)].map(([, name = '']) => `--${name}`);
}
