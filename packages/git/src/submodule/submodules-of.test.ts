import { describe, expect, test } from 'vitest';
import { storeBuilder } from '../../test/store.ts';
import { submodulesOf } from './submodules-of.ts';

const URL_OF_SUPERPROJECT = new URL('https://host/org/app.git');
const COMMIT = 'c'.repeat(40);

/** A commit with these submodules in its tree, and this `.gitmodules`. */
function commitWith(modules: string | { readonly linkTo: string } | undefined, paths: readonly string[]) {
  const { store, blob, tree, commit } = storeBuilder();
  const file =
    modules === undefined
      ? []
      : [
          typeof modules === 'string'
            ? { name: '.gitmodules', oid: blob(modules) }
            : { name: '.gitmodules', mode: '120000', oid: blob(modules.linkTo) },
        ];
  const direct = paths.filter((path) => !path.includes('/')).map((name) => ({ name, mode: '160000', oid: COMMIT }));
  const below = paths
    .filter((path) => path.includes('/'))
    .map((path) => ({
      name: path.slice(0, path.indexOf('/')),
      mode: '40000',
      oid: tree({ name: path.slice(path.indexOf('/') + 1), mode: '160000', oid: COMMIT }),
    }));
  return { store, commit: commit(tree(...file, ...direct, ...below)) };
}

const listed = (modules: Parameters<typeof commitWith>[0], paths: readonly string[]) => {
  const { store, commit } = commitWith(modules, paths);
  return submodulesOf(store, commit, URL_OF_SUPERPROJECT).map(
    (submodule) => `${submodule.path} ${submodule.url.href} ${submodule.commit.slice(0, 3)}`,
  );
};

const section = (name: string, path: string, url: string) => `[submodule "${name}"]\n\tpath = ${path}\n\turl = ${url}\n`;

describe('the submodules of a commit', () => {
  test('are where its tree has one, with the address that .gitmodules gives for the place', () => {
    const modules = section('lib', 'lib', '../lib.git') + section('theirs', 'vendor/theirs', 'https://example.com/t.git');

    expect(listed(modules, ['lib', 'vendor/theirs'])).toEqual([
      'lib https://host/org/lib.git ccc',
      'vendor/theirs https://example.com/t.git ccc',
    ]);
  });

  test('are none of those that only .gitmodules knows', () => {
    expect(listed(section('gone', 'gone', '../gone.git'), [])).toEqual([]);
    expect(listed(section('gone', 'gone', 'ext::sh') + section('a', 'a', '../a'), ['a'])).toEqual(['a https://host/org/a ccc']);
  });

  test('may be called like properties that every object has', () => {
    expect(listed(section('__proto__', 'constructor', '../a'), ['constructor'])).toEqual(['constructor https://host/org/a ccc']);
  });

  test.each([
    ['no .gitmodules', undefined],
    ['another path', section('a', 'b', '../a.git')],
    ['no url', '[submodule "a"]\npath = a\n'],
  ])('cannot be had with %s', (_, modules) => {
    expect(() => listed(modules, ['a'])).toThrow(
      expect.objectContaining({ kind: 'reference-not-found', message: expect.stringContaining('"a"') }),
    );
  });

  test.each([
    ['a name that leads out', section('../../hooks', 'a', '../a')],
    ['a name that leads out on Windows', section('..\\\\x', 'a', '../a')],
    ['a name that is an option', section('-c', 'a', '../a')],
    ['no name', section('', 'a', '../a')],
    ['a path that leads out', section('a', '../a', '../a')],
    ['a path into .git', section('a', '.git/modules/a', '../a')],
    ['a path into what a file system takes for .git', section('a', 'x/GIT~1/a', '../a')],
    ['an absolute path', section('a', '/etc', '../a')],
    ['an address that is an option', section('a', 'a', '--upload-pack=x')],
    ['an address that runs a program', section('a', 'a', 'ext::sh')],
    ['nothing that could be read', '[submodule "a'],
    ['a link', { linkTo: '/etc/passwd' }],
  ])('are refused when .gitmodules has %s', (_, modules) => {
    expect(() => listed(modules, ['a'])).toThrow(expect.objectContaining({ name: 'GitError', kind: 'hostile-content' }));
  });

  test('are a hundred at most', () => {
    const names = Array.from({ length: 101 }, (_, index) => `m${index}`);
    const modules = names.map((name) => section(name, name, `../${name}`)).join('');

    expect(listed(modules, names.slice(0, 100))).toHaveLength(100);
    expect(() => listed(modules, names)).toThrow(expect.objectContaining({ kind: 'too-large' }));
  });
});
