import type { GitRepository } from '@gotk/api';
import { expect, test } from 'vitest';
import { cycleThrough, includedBy } from './include-cycle.ts';

const repository = (name: string, include: unknown): GitRepository =>
  ({ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name }, spec: { include } }) as unknown as GitRepository;

const including = (...names: readonly string[]) => names.map((name) => ({ repository: { name } }));

function cycleIn(graph: Readonly<Record<string, readonly string[]>>, start: string) {
  const find = (name: string) => (graph[name] === undefined ? undefined : repository(name, including(...graph[name])));
  return cycleThrough(repository(start, including(...(graph[start] ?? []))), find);
}

test('a repository that includes itself, be it by way of others, is found with the way', () => {
  expect(cycleIn({ a: ['a'] }, 'a')).toEqual(['a', 'a']);
  expect(cycleIn({ a: ['x', 'b'], b: ['c'], c: ['a'], x: [] }, 'a')).toEqual(['a', 'b', 'c', 'a']);
});

test('what is included twice, is missing, or goes round without this one, is no cycle of it', () => {
  expect(cycleIn({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, 'a')).toBeUndefined();
  expect(cycleIn({ a: ['missing'] }, 'a')).toBeUndefined();
  expect(cycleIn({ a: ['b'], b: ['c'], c: ['b'] }, 'a')).toBeUndefined();
});

test.each([[undefined], ['text'], [[1, null, {}, { repository: 'x' }, { repository: { name: 1 } }]]])(
  'an object stored past its schema includes nothing: %j',
  (include) => {
    expect(includedBy(repository('a', include))).toEqual([]);
  },
);
