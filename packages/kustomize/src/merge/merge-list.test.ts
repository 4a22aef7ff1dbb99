import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { isMap, type Json, type JsonMap } from '../resource/resource.ts';
import { mergeLists } from './merge-list.ts';
import { mergeOddLists } from './merge-odd-list.ts';
import { mergeValues } from './merge-values.ts';

// Enough of a merge of items to tell who was merged with whom.
function mergeItem(mine: Json | undefined, theirs: Json | undefined): Json | undefined {
  if (isMap(theirs) && theirs.$patch === 'delete') return undefined;
  const { $patch, ...change } = isMap(theirs) ? theirs : ({} as JsonMap);
  return mine === undefined && theirs === undefined ? undefined : { ...($patch === 'replace' || !isMap(mine) ? {} : mine), ...change };
}
const byName = { keys: ['name'], mergeItem, at: 'list' };
const byPort = { keys: ['port', 'protocol'], mergeItem, at: 'ports' };

const more = { mine: fc.boolean(), theirs: fc.boolean(), $patch: fc.constantFrom('delete', 'replace', 'merge') };
const listOf = (keys: Record<string, fc.Arbitrary<Json>>) =>
  fc.uniqueArray(
    fc.tuple(fc.record(keys), fc.record(more, { requiredKeys: [] })).map(([key, rest]): JsonMap => ({ ...rest, ...key })),
    {
      selector: (item) =>
        Object.keys(keys)
          .map((key) => String(item[key]))
          .join(),
      maxLength: 5,
    },
  );
const named = listOf({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e') });
const ports = listOf({ port: fc.constantFrom(1, 2, 3), protocol: fc.constantFrom('TCP', 'UDP') });
const bare = (items: JsonMap[]): JsonMap[] => items.map(({ $patch: _, ...item }) => item);

describe('where all items have their keys, the rule gives what the steps of kustomize give', () => {
  test('for one key', () => {
    fc.assert(
      fc.property(named, named, (current, patch) => {
        expect(mergeLists(bare(current), patch, byName)).toEqual(mergeOddLists(bare(current), patch, byName));
      }),
    );
  });

  test('for several', () => {
    fc.assert(
      fc.property(ports, ports, (current, patch) => {
        expect(mergeLists(bare(current), patch, byPort)).toEqual(mergeOddLists(bare(current), patch, byPort));
      }),
    );
  });

  test('for a list that was not there, and for one that no patch is for', () => {
    fc.assert(
      fc.property(named, (list) => {
        expect(mergeLists(list, list, byName)).toEqual(mergeOddLists(list, list, byName));
        expect(mergeLists(list, undefined, byName)).toEqual(mergeOddLists(list, undefined, byName));
      }),
    );
  });
});

describe('where they do not,', () => {
  interface Odd {
    readonly current: Json[];
    readonly patch: Json[];
    readonly merged: Json[];
  }
  const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
  const nameless = { n: 1 };
  test.each<[string, Odd]>([
    ['the last of several of one name is what is left', { current: [a, { name: 'a', n: 2 }], patch: [], merged: [{ name: 'a', n: 2 }] }],
    ['the first of several in a patch counts', { current: [], patch: [{ name: 'a', n: 1 }, a, b], merged: [{ name: 'a', n: 1 }, b] }],
    ['an item without a name in the object drives out all others', { current: [a, nameless, c], patch: [b], merged: [nameless] }],
    [
      'one in the patch drives out those that it does not name',
      { current: [a, b], patch: [{ name: 'a', n: 1 }, nameless], merged: [{ name: 'a', n: 1 }] },
    ],
    ['nulls and empty maps are no items', { current: [a], patch: [null, b], merged: [b] }],
  ])('%s', (_, { current, patch, merged }) => {
    expect(mergeLists(current, patch, byName)).toEqual(merged);
  });

  test('a list with plain values is an error', () => {
    expect(() => mergeLists(['text'], [{ name: 'a' }], byName)).toThrow(BuildError);
  });

  test('a port takes over the protocol of the one that it is merged with', () => {
    expect(mergeLists([{ port: 80, protocol: 'TCP' }], [{ port: 80, n: 1 }], byPort)).toEqual([{ port: 80, protocol: 'TCP' }]);
  });
});

test('long lists are merged in a time that grows with their length', () => {
  const long = Array.from({ length: 50_000 }, (_, index): JsonMap => ({ name: `n${index}` }));
  expect(mergeLists(long, [...long].reverse(), byName)).toHaveLength(50_000);
});

describe('lists of plain values', () => {
  test('are one set: the patch first, and as the object has them', () => {
    expect(mergeValues(['a', '1', null], ['b', 1, 'b'], 'list')).toEqual(['b', '1', 'a']);
  });

  test('know no directives', () => {
    expect(mergeValues([], [{ $patch: 'delete' }, 'a', {}], 'list')).toEqual(['a']);
    expect(() => mergeValues([{ name: 'a' }], [], 'list')).toThrow(BuildError);
  });
});
