/** A graph to walk: the names that a name points to. */
export type Edges = (name: string) => readonly string[];

/** Beyond this many names a graph is not looked at further: nobody can read such a cycle. */
const MAX_VISITED = 10_000;

/** The way from a name back to itself, first and last included; undefined when there is none. Linear in the edges that it can reach. */
export function cycleThrough(start: string, edges: Edges): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  const open = [start];
  for (let name = open.pop(); name !== undefined && cameFrom.size < MAX_VISITED; name = open.pop()) {
    for (const next of edges(name)) {
      if (next === start) return [...wayTo(name, cameFrom), start];
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, name);
      open.push(next);
    }
  }
  return undefined;
}

function wayTo(name: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way: string[] = [];
  for (let at: string | undefined = name; at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}
