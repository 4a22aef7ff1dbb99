import { describe, expect, test } from 'vitest';
import { storeBuilder } from '../../test/store.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { filesOf } from './files.ts';

function repository() {
  const builder = storeBuilder();
  const { tree } = builder;
  const app = tree({ name: 'deploy.yaml' }, { name: 'inner', mode: '40000', oid: tree({ name: 'x' }) });
  const root = tree(
    { name: '.sourceignore' },
    { name: 'app', mode: '40000', oid: app },
    { name: 'app.yaml' },
    { name: 'apps', mode: '40000', oid: tree({ name: 'y' }) },
    { name: 'other', mode: '40000', oid: tree({ name: 'z' }) },
  );
  return { ...builder, root };
}

const listed = (directories: readonly string[]) => {
  const { store, root } = repository();
  return [...filesOf(store, root, { directories })].map(({ path }) => path);
};

describe('a sparse checkout', () => {
  test.each([
    [['app/'], ['app/deploy.yaml', 'app/inner/x']],
    [['./app/'], ['app/deploy.yaml', 'app/inner/x']],
    [['app/inner'], ['app/inner/x']],
    [
      ['apps', 'other'],
      ['apps/y', 'other/z'],
    ],
    [['app.yaml'], ['app.yaml']],
    [['./'], ['.sourceignore', 'app/deploy.yaml', 'app/inner/x', 'app.yaml', 'apps/y', 'other/z']],
    // What go-git does: a text is the beginning of a path, not the name of a directory.
    [['app'], ['app/deploy.yaml', 'app/inner/x', 'app.yaml', 'apps/y']],
    [['.'], ['.sourceignore']],
  ])('of %j has what begins with it, and nothing else of the root', (directories, expected) => {
    expect(listed(directories)).toEqual(expected);
  });

  test('of nothing is none: all files are there', () => {
    expect(listed([])).toHaveLength(6);
  });

  test.each([['missing'], ['app/missing'], ['other/z/deeper'], ['app/../other'], ['/app'], ['app//inner']])(
    'of %j, which is not there once checked out, fails',
    (directory) => {
      expect(() => listed([directory])).toThrow(
        expect.objectContaining({ name: 'GitError', message: `sparse checkout dir '${directory}' does not exist in repository` }),
      );
    },
  );

  test('reads no tree, and no content, outside of it', () => {
    const { store, root } = repository();
    const asked: string[] = [];
    const watched: ObjectStore = {
      size: store.size,
      has: (oid) => store.has(oid),
      keys: () => store.keys(),
      get(oid) {
        asked.push(oid);
        return store.get(oid);
      },
    };

    expect([...filesOf(watched, root, { directories: ['other/'] })]).toHaveLength(1);

    // The root and the directory, to see that it is there and to walk it, and one file.
    expect(new Set(asked).size).toBe(3);
  });
});
