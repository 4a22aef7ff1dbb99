import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import type { FileTree } from './file-tree.ts';
import { Loader, type LoaderOptions, type RemoteContent } from './loader.ts';
import { memoryTree } from './memory-tree.ts';

const files = { 'app/k.yaml': '', 'app/dir/a.txt': 'A', 'base/k.yaml': '', 'base/b.txt': 'B', 'top.txt': 'T' };
const loaderAt = (directory: string, options: Partial<LoaderOptions> = {}, tree: FileTree = memoryTree(files)): Loader =>
  Loader.at(tree, directory, { restrictions: 'root-only', ...options });
const text = (loader: Loader, path: string): string => new TextDecoder().decode(loader.load(path, 'k.yaml').bytes);
/** A tree in which some paths are links. */
const linked = (links: Readonly<Record<string, string>>): FileTree => {
  const tree = memoryTree(files);
  const target = (path: string) => links[path] ?? path;
  return { ...tree, read: (path) => tree.read(target(path)), list: (path) => tree.list(target(path)), realPath: target };
};

describe('a file', () => {
  test('is named from the directory of the kustomization, or from the root', () => {
    expect(text(loaderAt('app'), 'dir/../dir/./a.txt')).toBe('A');
    expect(text(loaderAt('app'), '/app/dir/a.txt')).toBe('A');
    expect(loaderAt('app').load('dir/a.txt', 'k.yaml').path).toBe('app/dir/a.txt');
  });

  test('has to be there', () => {
    for (const path of ['c.txt', 'dir', '']) {
      expect(() => loaderAt('app').load(path, 'k.yaml: x[0]')).toThrow(new BuildError(`k.yaml: x[0]: there is no file '${path}'`));
      expect(loaderAt('app').find(path, 'k.yaml')).toBeUndefined();
    }
  });

  test('is never out of the tree', () => {
    for (const restrictions of ['root-only', 'none'] as const)
      expect(() => loaderAt('app', { restrictions }).load('../../a', 'k.yaml')).toThrow(
        "k.yaml: '../../a' is not in or below the root of the source",
      );
  });

  test('does not count for ever', () => {
    const loader = loaderAt('', {}, memoryTree({ big: new Uint8Array(100 * 1024 * 1024) }));
    const load = () => loader.load('big', 'k.yaml');
    load();
    load();
    expect(load).toThrow('k.yaml: more than 268435456 bytes to read, counting each file as often as it is named');
  });
});

describe('restricted to the root', () => {
  test('a file beside it is refused, there or not; without restrictions it is read', () => {
    for (const path of ['../base/b.txt', '../top.txt', '../missing.txt', '../application'])
      expect(() => loaderAt('app').load(path, 'k.yaml')).toThrow(new BuildError(`k.yaml: '${path}' is not in or below 'app'`));
    expect(text(loaderAt('app', { restrictions: 'none' }), '../base/b.txt')).toBe('B');
  });

  test('a link counts as what it leads to', () => {
    const tree = linked({ 'app/out.txt': 'base/b.txt', 'app/in.txt': 'app/dir/a.txt' });
    expect(() => loaderAt('app', {}, tree).load('out.txt', 'k.yaml')).toThrow("'out.txt' is not in or below 'app'");
    expect(text(loaderAt('app', {}, tree), 'in.txt')).toBe('A');
    expect(text(loaderAt('app', { restrictions: 'none' }, tree), 'out.txt')).toBe('B');
  });

  test('a kustomization file must not be a link that leads out', () => {
    const tree = linked({ 'app/k.yaml': 'base/k.yaml' });
    expect(() => loaderAt('app', {}, tree).checkKustomization('app/k.yaml')).toThrow(
      new BuildError('app/k.yaml: leads out of the directory that it is in'),
    );
    expect(() => loaderAt('app', { restrictions: 'none' }, tree).checkKustomization('app/k.yaml')).not.toThrow();
  });

  test('directories may be anywhere, and have their own root', () => {
    const base = loaderAt('app').enter('../base', 'k.yaml');
    expect(base.directory).toBe('base');
    expect(text(base, 'b.txt')).toBe('B');
    expect(() => base.load('../app/dir/a.txt', 'k.yaml')).toThrow("'../app/dir/a.txt' is not in or below 'base'");
  });
});

describe('a directory', () => {
  test.each<[string, string]>([
    ['', 'an empty path'],
    ['/base', "'/base' is an absolute path: directories are named from that of the kustomization"],
    ['../missing', "there is no file or directory '../missing'"],
    ['../top.txt', "there is no file or directory '../top.txt'"],
    ['base - ../other', "'base - ../other' is ambiguous: two entries may have run into each other"],
    ['../..', "'../..' is not in or below the root of the source"],
  ])('called %j is refused', (path, message) => {
    expect(() => loaderAt('app').enter(path, 'k.yaml: resources[0]')).toThrow(new BuildError(`k.yaml: resources[0]: ${message}`));
  });

  test('may be reached through a link, and is where that leads', () => {
    const loader = loaderAt('app', {}, linked({ 'app/link': 'base' }));
    expect(loader.enter('link', 'k.yaml').directory).toBe('base');
  });
});

describe('a cycle', () => {
  test('is the same directory again, also through a link, or one above', () => {
    const inner = loaderAt('app').enter('dir', 'app/k.yaml');
    expect(() => inner.enter('.', 'k.yaml')).toThrow('k.yaml: cycle of kustomizations: app/dir -> app/dir');
    expect(() => inner.enter('..', 'k.yaml')).toThrow('k.yaml: cycle of kustomizations: app/dir -> app, which has it below');
    expect(() => inner.enter('../..', 'k.yaml')).toThrow('k.yaml: cycle of kustomizations: app/dir -> ., which has it below');
    expect(() =>
      loaderAt('app', {}, linked({ 'base/back': 'app' }))
        .enter('../base', '')
        .enter('back', 'k.yaml'),
    ).toThrow(/cycle/);
  });

  test('is none for what lies beside, or below, what is being built', () => {
    expect(() => loaderAt('app').enter('../base', 'k.yaml').enter('../app/dir', 'k.yaml')).not.toThrow();
  });
});

describe('limits', () => {
  /** Directories below each other, as deep as asked. */
  const deep = (depth: number) => memoryTree({ [`${'d/'.repeat(depth)}k.yaml`]: '' });

  test('on kustomizations within each other', () => {
    const enter = (depth: number) => {
      let loader = loaderAt('', {}, deep(depth));
      for (let level = 0; level < depth; level++) loader = loader.enter('d', 'k.yaml');
    };
    expect(() => enter(100)).not.toThrow();
    expect(() => enter(101)).toThrow('k.yaml: more than 100 kustomizations within each other');
  });

  test('on all of a build, however they are reached', () => {
    const loader = loaderAt('app').enter('../base', 'k.yaml');
    for (let visit = 1; visit < 10_000; visit++) loader.enter('../app/dir', 'k.yaml');
    expect(() => loader.enter('../app/dir', 'k.yaml')).toThrow(
      'k.yaml: more than 10000 kustomizations to build, counting each as often as it is named',
    );
  });
});

describe('what lies elsewhere', () => {
  const address = 'https://example.com/repo?ref=v1';
  const from = (content: RemoteContent | undefined, options: Partial<LoaderOptions> = {}) =>
    loaderAt('app', { ...options, remote: () => content });
  const bytes = new TextEncoder().encode('R');
  const tree = memoryTree({ 'x/k.yaml': '', 'x/y/k.yaml': '', 'z.txt': '' });

  test('is refused without a source, as is what the source does not have', () => {
    expect(() => loaderAt('app').load(address, 'k.yaml')).toThrow(
      `k.yaml: '${address}' is a remote resource: remote bases are not fetched`,
    );
    expect(() => from(undefined).enter(address, 'k.yaml')).toThrow(`k.yaml: there is nothing at '${address}'`);
  });

  test('may be a file, known by its address', () => {
    const loader = from({ bytes });
    expect(loader.load(address, 'k.yaml')).toEqual({ bytes, path: address });
    expect(() => loader.enter(address, 'k.yaml')).toThrow(`k.yaml: '${address}' is a file, not a directory`);
  });

  test('may be a directory, which keeps to itself whatever is allowed here', () => {
    const loader = from({ tree, directory: 'x' }, { restrictions: 'none' });
    expect(loader.find(address, 'k.yaml')).toBeUndefined();
    const remote = loader.enter(address, 'k.yaml');
    expect(() => remote.load('../z.txt', 'k.yaml')).toThrow("'../z.txt' is not in or below 'x'");
    expect(remote.enter('y', 'k.yaml').directory).toBe('x/y');
    expect(() => remote.enter('..', 'k.yaml')).toThrow(/cycle/);
  });

  test('cannot go in circles for ever', () => {
    let loader = from({ tree, directory: 'x' });
    expect(() => {
      for (;;) loader = loader.enter(address, 'k.yaml');
    }).toThrow('k.yaml: more than 100 kustomizations within each other');
  });
});
