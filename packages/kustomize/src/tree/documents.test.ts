import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { readConfigYaml, readDocuments, readYaml } from './documents.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string): readonly unknown[] => readYaml(bytes(text), 'a.yaml');

test('empty documents are left out', () => {
  expect(read('---\n# nothing\n---\na: 1\n---\n---\nb: 2\n...\n')).toEqual([{ a: 1 }, { b: 2 }]);
});

test('manifests and configuration have different scalars, and only configuration may repeat a key', () => {
  expect(read('k: yes\n')).toEqual([{ k: 'yes' }]);
  expect(readConfigYaml(bytes('k: no\nk: yes\n'), 'a.yaml')).toEqual([{ k: true }]);
  expect(() => read('k: 1\nk: 2\n')).toThrow(/^a\.yaml:2:1: invalid YAML: duplicated mapping key/);
});

test('a document can be had as it is written, in spite of empty ones before it', () => {
  const [document, ...others] = readDocuments(bytes('---\n# nothing\n---\nv: 1.10\nw: ~\n'), 'a.yaml');
  expect(document?.value).toEqual({ v: 1.1, w: null });
  expect(document?.written()).toEqual({ v: '1.10', w: '~' });
  expect(others).toEqual([]);
});

describe('errors name the file', () => {
  test.each<[string, string | Uint8Array, RegExp]>([
    ['and the line and column, where there is one', 'a:\n\tb: 1\n', /^a\.yaml:2:\d+: invalid YAML: /],
    ['of too many aliases', `a: &a x\nb: [${'*a,'.repeat(20_000)}]\n`, /^a\.yaml/],
    ['of bytes that are no text', new Uint8Array([0x61, 0x3a, 0xff, 0xfe]), /^a\.yaml: not valid UTF-8$/],
  ])('%s', (_, file, message) => {
    const input = typeof file === 'string' ? bytes(file) : file;
    expect(() => readYaml(input, 'a.yaml')).toThrow(BuildError);
    expect(() => readYaml(input, 'a.yaml')).toThrow(message);
  });
});

test('GHSA-jhqp: 32 MiB are the limit', () => {
  const spaces = (count: number) => new Uint8Array(count).fill(0x20);
  expect(readYaml(spaces(32 * 1024 * 1024), 'a.yaml')).toEqual([]);
  expect(() => readYaml(spaces(32 * 1024 * 1024 + 1), 'a.yaml')).toThrow(/^a\.yaml: larger than 33554432 bytes$/);
});
