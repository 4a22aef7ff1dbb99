import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyMergePatch, createMergePatch, deepEqual } from './merge-patch.ts';

const plain = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.string(), fc.boolean(), fc.array(tie('tree')), fc.dictionary(fc.string(), tie('tree'))),
})).tree;
const record = fc.dictionary(fc.string(), plain);

test('applying the patch from one to another yields the other', () => {
  fc.assert(fc.property(record, record, (from, to) => deepEqual(applyMergePatch(from, createMergePatch(from, to) ?? {}), to)));
});

test('equal values need no patch', () => {
  fc.assert(fc.property(record, (value) => createMergePatch(value, structuredClone(value)) === undefined));
});

test('a field that is gone is patched with null, a list is replaced whole', () => {
  expect(createMergePatch({ a: 1, b: { c: 2, d: 3 }, list: [1, 2] }, { b: { c: 2 }, list: [1] })).toEqual({
    a: null,
    b: { d: null },
    list: [1],
  });
});

test.each(['valueOf', 'constructor', 'toString', '__proto__'])('%s is removed, added and kept like any other key', (key) => {
  const having = Object.fromEntries([[key, 0]]);
  expect(JSON.stringify(createMergePatch(having, {}))).toBe(`{"${key}":null}`);
  expect(JSON.stringify(createMergePatch({}, having))).toBe(`{"${key}":0}`);
  expect(createMergePatch(having, having)).toBeUndefined();
});

test('__proto__ is a key like any other', () => {
  const patched = applyMergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'));
  expect(Object.keys(patched as object)).toEqual(['__proto__']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
