import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readYaml } from '@gotk/apimachinery/yaml';
import { CHART_REPOSITORIES, type ChartRepository } from './public-charts.ts';

/** Where a chart lies. */
export interface ChartPlace {
  readonly repository: ChartRepository;
  readonly path: string;
}

/** What the text of a list says: a path, after the repository where it is another one. */
export function placeOf(text: string, from: ChartRepository): ChartPlace {
  const [first = '', second] = text.split(' ');
  if (second === undefined) return { repository: from, path: first };
  const repository = CHART_REPOSITORIES.find((candidate) => candidate.repository === first);
  if (repository === undefined) throw new Error(`${first}, which ${from.repository} depends on, is not in the list of repositories`);
  return { repository, path: second };
}

/** Where a repository's files are. */
export type Roots = ReadonlyMap<ChartRepository, string>;

/**
 * Copies a chart to a directory that is not there yet, whole: what links lead to is copied in their place, and so are the charts that it depends on and
 * does not bring, from where the list says. Their versions are the list's, whatever the chart asked for; what the list says is nowhere, it no longer
 * depends on. A schema that leads elsewhere is left out, as nothing is to depend on what is there today. Both programs render this copy.
 */
export function stageChart(place: ChartPlace, target: string, roots: Roots): void {
  copyChart(join(roots.get(place.repository) ?? '', place.path), target);
  dropRemoteSchema(join(target, 'values.schema.json'));
  for (const file of ['Chart.yaml', 'requirements.yaml'])
    if (existsSync(join(target, file))) stageDependencies(place, target, { file, roots });
}

function copyChart(source: string, target: string): void {
  if (!source.endsWith('.tgz')) {
    // A link out of the chart may lead to what was not brought, such as a licence.
    cpSync(source, target, { recursive: true, dereference: true, filter: (path) => !path.endsWith('/.git') && existsSync(path) });
    return;
  }
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', source, '-C', target, '--strip-components=1']);
}

function dropRemoteSchema(file: string): void {
  if (existsSync(file) && /"\$ref": *"[^#"]/.test(readFileSync(file, 'utf8'))) rmSync(file);
}

interface Dependency {
  readonly name: string;
  readonly version?: string;
}

interface Declaration {
  readonly dependencies?: readonly Dependency[];
}

function stageDependencies(
  { repository }: ChartPlace,
  target: string,
  { file, roots }: { readonly file: string; readonly roots: Roots },
): void {
  const declared = readDeclaration(join(target, file));
  if (declared.dependencies === undefined || declared.dependencies.length === 0) return;
  const brought = broughtBy(target);
  const dependencies = declared.dependencies.flatMap((dependency): readonly Dependency[] => {
    const { name } = dependency;
    if (brought.has(name)) return [dependency];
    if (repository.without?.includes(name) === true) return [];
    const from = repository.subcharts?.[name];
    if (from === undefined)
      throw new Error(`${repository.repository} has a chart that depends on ${name}, which the list does not say where to find`);
    const directory = join(target, 'charts', name);
    if (!existsSync(directory)) stageChart(placeOf(from, repository), directory, roots);
    return [{ ...dependency, version: versionIn(directory) }];
  });
  // JSON is YAML, and templates do not see how it was written.
  writeFileSync(join(target, file), JSON.stringify({ ...declared, dependencies }, undefined, 2));
}

/** The charts in charts/, by their names: of a packed one that is what its version is cut from. */
function broughtBy(target: string): ReadonlySet<string> {
  const directory = join(target, 'charts');
  if (!existsSync(directory)) return new Set();
  return new Set(
    readdirSync(directory).map((entry) => {
      const metadata = join(directory, entry, 'Chart.yaml');
      return existsSync(metadata) ? String(readDeclaration(metadata).name) : entry.replace(/-v?\d+\..*\.tgz$/, '');
    }),
  );
}

/** What the chart in a directory says its version is. */
export const versionIn = (directory: string): string => String(readDeclaration(join(directory, 'Chart.yaml')).version);

/** A Chart.yaml, or the requirements.yaml of an older chart. */
function readDeclaration(file: string): Declaration & Readonly<Record<string, unknown>> {
  const bytes = readFileSync(file);
  const [value] = readYaml(bytes, { dialect: 'config', duplicates: 'last', maxBytes: bytes.length });
  return value as Declaration & Readonly<Record<string, unknown>>;
}
