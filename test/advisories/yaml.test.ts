import { build, memoryTree } from '@gotk/kustomize';
import { beforeAll, describe, expect, test } from 'vitest';
import { readConfigYaml, readYaml } from '../../packages/kustomize/src/tree/documents.ts';
import { type Ended, runChild } from './child.ts';
import { costOf } from './cost.ts';

interface Line {
  readonly name: string;
  readonly parser: string;
  readonly cpuMs: number;
  readonly error: string | null;
  readonly allowed: readonly (string | null)[];
}

/** A clean process needs a third of this: whatever is read costs 64 MiB at most. */
const HEAP_MIB = 96;
let ended: Ended;
beforeAll(async () => {
  ended = await runChild('parse-main.ts', [`--max-old-space-size=${HEAP_MIB}`]);
}, 120_000);

/** Of the parsers' answers those that are about certain texts. */
const linesAbout = (pattern: RegExp): readonly Line[] => {
  const found = (ended.lines as readonly object[]).filter((line): line is Line => 'name' in line && pattern.test(String(line.name)));
  expect(found.length).toBeGreaterThan(0);
  return found;
};
const wrong = (lines: readonly Line[]) => lines.filter(({ error, allowed, cpuMs }) => !allowed.includes(error) || cpuMs > 3_000);

describe('CVE-2025-59466: a text that would overflow the stack does not end the process', () => {
  test('where Node follows a context through every call, and with little heap', () => {
    expect({ code: ended.code, signal: ended.signal, stderr: ended.stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    expect(ended.lines.at(-1)).toEqual({ done: true });
  });

  test('because none does: what is nested by a hundred thousand is refused by a typed error, whatever reads it', () => {
    const nested = linesAbout(/^(lists|maps|keys) /);
    expect(wrong(nested)).toEqual([]);
    expect(new Set(nested.map(({ parser }) => parser))).toEqual(new Set(['manifest', 'written', 'kustomization', 'json', 'watch']));
    expect(nested.filter(({ error }) => error === null || error === 'RangeError')).toEqual([]);
  });

  test('and Node is one in which it would be an error', () => {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    expect(major > 24 || (major === 24 && minor >= 13) || (major === 22 && minor >= 22)).toBe(true);
  });
});

test('CVE-2026-33532: what is nested too deeply is an error of YAML, with its place', () => {
  for (const text of ['['.repeat(10_000), '- '.repeat(10_000), '{a: '.repeat(10_000)])
    expect(() => readYaml(Buffer.from(text), 'a.yaml')).toThrow(/^a\.yaml:1:\d+: invalid YAML: nesting/);
});

test('CVE-2026-53550, CVE-2026-59869: merges that would take the square of their number are refused in time', () => {
  expect(wrong(linesAbout(/merge/))).toEqual([]);
});

test('CVE-2026-84375: aliases and anchors cost no more than what they stand for, which has a limit', () => {
  expect(wrong(linesAbout(/alias|anchor/))).toEqual([]);
  expect(wrong(linesAbout(/./))).toEqual([]);
});

describe('CVE-2025-64718: no key of YAML reaches a prototype', () => {
  const texts = [
    '__proto__: {polluted: true}\n',
    '"__proto__": {polluted: true}\n',
    'a: &a {__proto__: {polluted: true}}\nb: {<<: *a}\n',
    'a: {<<: {__proto__: {polluted: true}}}\n',
    'a: {<<: [{__proto__: {polluted: true}}, {constructor: {prototype: {polluted: true}}}]}\n',
    '<<: {constructor: {prototype: {polluted: true}}}\n',
    'a: &__proto__ {polluted: true}\nb: *__proto__\nc: {<<: *__proto__}\n',
    'a: !!map {__proto__: {polluted: true}}\n',
    '? __proto__\n: {polluted: true}\n',
    '{"\\u005f_proto__": {"polluted": true}}',
  ];

  test.each(texts)('%j', (text) => {
    for (const read of [readYaml, readConfigYaml]) {
      const [value] = read(Buffer.from(text), 'a.yaml');
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect('polluted' in Object.prototype).toBe(false);
      for (const inner of Object.values(value as object))
        expect((inner as { polluted?: unknown }).polluted === true && !Object.hasOwn(inner, 'polluted')).toBe(false);
    }
  });
});

describe('CVE-2022-24878: kustomizations that lead to each other come to an end', () => {
  const failure = (files: Readonly<Record<string, string>>, path: string) => costOf(() => build(memoryTree(files), path));

  test.each([1, 2, 5])('in a circle of %d', async (length) => {
    const files = Object.fromEntries(
      Array.from({ length }, (_, n) => [`d${n}/kustomization.yaml`, `resources: [../d${(n + 1) % length}]\n`]),
    );
    const { cpuMs, error } = await failure(files, 'd0');
    expect(error).toMatchObject({ name: 'BuildError', message: expect.stringContaining('cycle of kustomizations: d0/') });
    expect(cpuMs).toBeLessThan(2_000);
  });

  test('without a circle, by naming each other twice on forty levels', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`d${n}/kustomization.yaml`, `resources: [../d${n + 1}, ../d${n + 1}/.]\n`]),
    );
    const { cpuMs, error } = await failure({ ...files, 'd40/kustomization.yaml': 'resources: [a.yaml]\n', 'd40/a.yaml': '' }, 'd0');
    expect(error).toMatchObject({ name: 'BuildError', message: expect.stringContaining('more than 10000 kustomizations to build') });
    expect(cpuMs).toBeLessThan(6_000);
  });
});
