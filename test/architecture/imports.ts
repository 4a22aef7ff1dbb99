import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One import statement of a source file that is shipped: tests and scripts are left out. */
export interface Import {
  readonly from: string;
  /** Relative to the repository. */
  readonly file: string;
  readonly specifier: string;
}

const STATEMENT =
  /^\s*(?:import|export)\b[^'"]*?from\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

export async function importsOf(packageName: string): Promise<readonly Import[]> {
  const source = join(ROOT, 'packages', packageName, 'src');
  const names = await readdir(source, { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const all = await Promise.all(
    files.map(async (name) => {
      const file = join(source, name);
      const text = await readFile(file, 'utf8');
      return [...text.matchAll(STATEMENT)].map(([, a, b, c]) => ({
        from: packageName,
        file: relative(ROOT, file),
        specifier: a ?? b ?? c ?? '',
      }));
    }),
  );
  return all.flat();
}

/** The files of a package that import each other in a circle, one circle; undefined when there is none. Types count: a circle of ideas is one too. */
export function cycleAmong(imports: readonly Import[]): readonly string[] | undefined {
  const edges = Map.groupBy(
    imports.filter(({ specifier }) => specifier.startsWith('.')),
    ({ file }) => file,
  );
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const { specifier } of edges.get(file) ?? []) {
      const found = visit(relative(ROOT, resolve(ROOT, dirname(file), specifier)), [...path, file]);
      if (found !== undefined) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const found = visit(file, []);
    if (found !== undefined) return found;
  }
  return undefined;
}
