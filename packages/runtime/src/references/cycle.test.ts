import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cycleThrough } from './cycle.ts';

const edgesOf = (graph: Readonly<Record<string, readonly string[]>>) => (name: string) => graph[name] ?? [];

describe('a cycle', () => {
  test.each([
    ['of one', { a: ['a'] }, ['a', 'a']],
    ['of two', { a: ['b'], b: ['a'] }, ['a', 'b', 'a']],
    ['beside a way that leads nowhere', { a: ['x', 'b', 'y'], b: ['c'], c: ['a'], x: ['y'] }, ['a', 'b', 'c', 'a']],
  ])('%s is named from its start back to it', (_what, graph, expected) => {
    expect(cycleThrough('a', edgesOf(graph))).toEqual(expected);
  });

  test('that the start only leads to is not its own', () => {
    expect(cycleThrough('a', edgesOf({ a: ['b'], b: ['c'], c: ['b'] }))).toBeUndefined();
  });

  test('is found in any graph exactly when there is one, and each step of it is an edge', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e', 'f'];
    const graphs = fc.dictionary(fc.constantFrom(...nodes), fc.array(fc.constantFrom(...nodes), { maxLength: 4 }), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(graphs, (graph) => {
        const edges = edgesOf(graph);
        const reachable = new Set<string>();
        const open = [...edges('a')];
        for (let next = open.pop(); next !== undefined; next = open.pop()) {
          if (reachable.has(next)) continue;
          reachable.add(next);
          open.push(...edges(next));
        }
        const cycle = cycleThrough('a', edges);
        expect(cycle !== undefined).toBe(reachable.has('a'));
        if (cycle === undefined) return;
        expect([cycle.at(0), cycle.at(-1)]).toEqual(['a', 'a']);
        for (const [index, name] of cycle.slice(1).entries()) expect(edges(cycle[index] ?? '')).toContain(name);
      }),
    );
  });
});
