import type { GitRepository } from '@gotk/api';

/** Names of the repositories that one includes, all of one namespace. Asked of any object in the cache, also of one that breaks its schema. */
export function includedBy({ spec }: GitRepository): readonly string[] {
  const { include }: { readonly include?: unknown } = spec ?? {};
  if (!Array.isArray(include)) return [];
  return include
    .map((entry: { readonly repository?: { readonly name?: unknown } } | null) => entry?.repository?.name)
    .filter((name) => typeof name === 'string');
}

/**
 * The way from a repository back to itself, by its name, first and last included; undefined when there is none. Each would include the other's artifact with its own in it,
 * and so on for ever.
 */
export function cycleThrough(repository: GitRepository, find: (name: string) => GitRepository | undefined): readonly string[] | undefined {
  const start = repository.metadata.name;
  const ways = new Map<string, readonly string[]>();
  const open: { readonly from: GitRepository; readonly way: readonly string[] }[] = [{ from: repository, way: [start] }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const name of includedBy(at.from)) {
      const way = [...at.way, name];
      if (name === start) return way;
      const next = ways.has(name) ? undefined : find(name);
      ways.set(name, way);
      if (next !== undefined) open.push({ from: next, way });
    }
  }
  return undefined;
}
