import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import type { Origin } from '../provenance/origin.ts';
import { BUILTIN_SCOPES } from '../resource/cluster-scoped.ts';
import { type BuildResource, type JsonMap, newResource } from '../resource/resource.ts';
import { loadPlugins } from './plugin.ts';

const plugin = (name: string, extra: JsonMap = {}): JsonMap => ({ apiVersion: 'builtin', kind: 'X', metadata: { name }, ...extra });
/** What a list of plugins comes to; in files and directories, a plugin is called as they are. */
function load(entries: readonly string[], origin?: Origin) {
  const inFiles = (paths: readonly string[]): readonly BuildResource[] =>
    paths.map((path) => ({ ...newResource(plugin(path), path), origin: origin && { path: `dir/${path}` } }));
  return loadPlugins(entries, { file: 'app/k.yaml', field: 'generators', origin, scopes: BUILTIN_SCOPES, load: inFiles });
}
const text = JSON.stringify;
const namesOf = (entries: readonly string[]) => load(entries).map(({ object }) => (object.metadata as JsonMap).name);

describe('an entry', () => {
  test('is a plugin, several, or the name of a file; those that are texts come first', () => {
    const two = `${text(plugin('b'))}\n---\n${text(plugin('c'))}`;
    expect(namesOf(['z.yaml', text(plugin('a')), '../dir', two])).toEqual(['a', 'b', 'c', 'z.yaml', '../dir']);
  });

  test.each(['a.yaml', './a b', 'https://example.com/a?ref=v1', '[a', 'a: b: c', '- a'])(
    'of one line that is no object is a name: %s',
    (entry) => {
      expect(namesOf([entry])).toEqual([entry]);
    },
  );

  test('of many lines that is no YAML is an error', () => {
    expect(() => load(['a.yaml', 'kind: X\nmetadata: [\n'])).toThrow(/^app\/k\.yaml: generators\[1\]:\d+:\d+: invalid YAML/);
  });

  test('may be a list of plugins', () => {
    expect(namesOf([text({ apiVersion: 'v1', kind: 'List', items: [plugin('a'), plugin('b')] })])).toEqual(['a', 'b']);
  });
});

describe('a plugin', () => {
  test.each<[string, JsonMap]>([
    ['example.com/v1', { apiVersion: 'example.com/v1' }],
    ['', { apiVersion: '' }],
    ['v1', { apiVersion: 'v1', metadata: { name: 'a', annotations: { 'config.kubernetes.io/function': 'exec: {path: ./run}' } } }],
  ])("of '%s' is not built in: nothing is ever run", (apiVersion, extra) => {
    expect(() => load([text(plugin('a', extra))])).toThrow(
      new BuildError(`app/k.yaml: generators[0]: X 'a': '${apiVersion}' is not built in: programs and containers are never run by a build`),
    );
  });

  test('is known by where it stands', () => {
    expect(load([text(plugin('a')), 'b.yaml']).map(({ kind, at }) => [kind, at])).toEqual([
      ['X', "app/k.yaml: generators[0]: X 'a'"],
      ['X', "b.yaml: X 'b.yaml'"],
    ]);
  });
});

describe('what is said of objects that it makes', () => {
  const originOf = (entry: string, origin?: Origin) => load([entry], origin)[0]?.origin;

  test('is nothing when nobody wants to know', () => {
    expect(originOf(text(plugin('a')))).toBeUndefined();
  });

  test('is the file that it is in, and what it is', () => {
    const configuredBy = { apiVersion: 'builtin', kind: 'X', name: 'a', namespace: 'n' };
    const inText = text(plugin('a', { metadata: { name: 'a', namespace: 'n' } }));
    expect(originOf(inText, { path: '../app', ref: 'v1' })).toEqual({ ref: 'v1', configuredIn: '../app/k.yaml', configuredBy });
    expect(originOf('b.yaml', {})).toEqual({
      configuredIn: 'dir/b.yaml',
      configuredBy: { apiVersion: 'builtin', kind: 'X', name: 'b.yaml' },
    });
  });
});
