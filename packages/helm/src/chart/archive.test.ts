import { describe, expect, test } from 'vitest';
import { HelmError } from '../helm-error.ts';
import { filesOfArchive } from './archive.ts';

const data = new Uint8Array([1]);
const paths = (...names: readonly string[]): readonly string[] => [...filesOfArchive(names.map((name) => ({ name, data }))).keys()];

test('the top directory is dropped, whatever it is called', () => {
  expect(paths('a/Chart.yaml', './templates/a.yaml', 'b/c/../d', 'a\\charts\\b.tgz')).toEqual([
    'Chart.yaml',
    'templates/a.yaml',
    'd',
    'charts/b.tgz',
  ]);
});

test.each([
  ['a//etc/passwd', 'chart illegally contains absolute paths'],
  ['/', 'chart illegally contains content outside the base directory: "/"'],
  ['file', 'chart illegally contains content outside the base directory: "file"'],
  ['a/../b', 'chart illegally references parent directory'],
  ['a/b/../../c', 'chart illegally references parent directory'],
  ['a\\..\\c', 'chart illegally references parent directory'],
  ['a\\c:\\d', 'chart contains illegally named files'],
  ['Chart.yaml/x', 'chart yaml not in base directory'],
])('%j is refused', (name, message) => {
  expect(() => paths('a/Chart.yaml', name)).toThrow(new HelmError('invalid-chart', message));
});

test('an archive without files is none', () => {
  expect(() => filesOfArchive([])).toThrow(new HelmError('invalid-chart', 'no files in chart archive'));
});

describe('a chart that is too large', () => {
  function* endless(size: number) {
    for (let count = 0; ; count++) yield { name: `a/${count}`, data: new Uint8Array(size) };
  }

  test('is not unpacked to its end', () => {
    expect(() => filesOfArchive(endless(1024 * 1024))).toThrow(
      new HelmError('too-large', 'decompressed chart is larger than the maximum size 104857600'),
    );
  });

  test('by one file is refused for that', () => {
    expect(() => filesOfArchive(endless(5 * 1024 * 1024 + 1))).toThrow(
      new HelmError('too-large', 'decompressed chart file "a/0" is larger than the maximum file size 5242880'),
    );
    expect(filesOfArchive([{ name: 'a/b', data: new Uint8Array(5 * 1024 * 1024) }]).size).toBe(1);
  });
});
