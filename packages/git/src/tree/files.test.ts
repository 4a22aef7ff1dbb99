import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { idOf, type TreeEntry, treeContent } from '../../test/pack.ts';
import type { GitObject, ObjectStore } from '../pack/object-store.ts';
import { filesOf, treeOf } from './files.ts';
import { isHarmless } from './name.ts';

const HELLO = idOf('blob', 'hello');

/** A store in which trees can be made; a blob `hello` is in it. */
function build() {
  const store = new Map<string, GitObject>([[HELLO, { type: 'blob', content: Buffer.from('hello') }]]);
  const add = (type: GitObject['type'], content: Buffer): string => {
    const oid = idOf(type, content);
    store.set(oid, { type, content });
    return oid;
  };
  const tree = (...entries: readonly (Partial<TreeEntry> & Pick<TreeEntry, 'name'>)[]) =>
    add('tree', treeContent(entries.map((entry) => ({ mode: '100644', oid: HELLO, ...entry }))));
  const commit = (text: string) => add('commit', Buffer.from(text));
  return { store, add, tree, commit };
}

const listed = (store: ObjectStore, tree: string) =>
  [...filesOf(store, tree)].map(({ path, executable }) => `${path}${executable ? '*' : ''}`);

describe('the files of a tree', () => {
  test('are its regular files at any depth, in order, with the executable bit and their content', () => {
    const { store, tree } = build();
    const inner = tree({ name: 'run.sh', mode: '100755' });
    const root = tree(
      { name: 'a.yaml' },
      { name: 'b', mode: '40000', oid: tree({ name: 'c', mode: '40000', oid: inner }) },
      { name: 'd.yaml' },
    );

    expect(listed(store, root)).toEqual(['a.yaml', 'b/c/run.sh*', 'd.yaml']);
    expect([...filesOf(store, root)].map(({ content }) => content.toString())).toEqual(['hello', 'hello', 'hello']);
  });

  test('are none of its links and submodules, whether or not what these point to is there', () => {
    const { store, tree } = build();
    const root = tree({ name: 'link', mode: '120000' }, { name: 'module', mode: '160000', oid: 'f'.repeat(40) }, { name: 'file' });

    expect(listed(store, root)).toEqual(['file']);
  });

  test.each([
    ['100664', 'f'],
    ['100600', 'f'],
    ['100400', 'f'],
    ['100777', 'f*'],
    ['100744', 'f*'],
    ['0100644', 'f'],
  ])('have, with the unusual mode %s, the one that Git makes of it', (mode, expected) => {
    const { store, tree } = build();

    expect(listed(store, tree({ name: 'f', mode }))).toEqual([expected]);
  });

  test('lie below directories whose mode has a leading zero as well', () => {
    const { store, tree } = build();

    expect(listed(store, tree({ name: 'd', mode: '040000', oid: tree({ name: 'f' }) }))).toEqual(['d/f']);
  });

  test('are different files when their names differ by case alone', () => {
    const { store, tree } = build();

    expect(
      listed(store, tree({ name: 'A' }, { name: 'a' }, { name: 'D', mode: '40000', oid: tree({ name: 'f' }) }, { name: 'd' })),
    ).toEqual(['A', 'a', 'D/f', 'd']);
  });

  test('keep names that are no UTF-8 as they are, below directories of such names as well', () => {
    const { store, tree } = build();
    const names = [Buffer.from([0xff]), Buffer.from([0xfe])];
    const root = tree(
      ...names.map((name) => ({ name })),
      { name: Buffer.from([0x64, 0xe4]), mode: '40000', oid: tree({ name: 'ü' }) },
      { name: 'plain' },
    );

    const files = [...filesOf(store, root)];

    expect(files.map(({ path }) => path)).toEqual(['\ufffd', '\ufffd', 'd\ufffd/ü', 'plain']);
    expect(files.map(({ pathBytes }) => pathBytes)).toEqual([
      ...names,
      Buffer.concat([Buffer.from([0x64, 0xe4]), Buffer.from('/ü')]),
      undefined,
    ]);
  });

  test('may have U+FFFD in their names', () => {
    const { store, tree } = build();

    expect([...filesOf(store, tree({ name: '\ufffd' }))][0]).not.toHaveProperty('pathBytes');
  });

  test('may be called like properties that every object has', () => {
    const { store, tree } = build();

    expect(listed(store, tree({ name: '__proto__' }, { name: 'constructor' }))).toEqual(['__proto__', 'constructor']);
  });

  test('may be in the same tree below several names', () => {
    const { store, tree } = build();
    const shared = tree({ name: 'f' });

    expect(listed(store, tree({ name: 'a', mode: '40000', oid: shared }, { name: 'b', mode: '40000', oid: shared }))).toEqual([
      'a/f',
      'b/f',
    ]);
  });
});

const DOT_GIT = [
  ...['.git', '.GIT', '.Git', '.gIt', '.git ', '.git.', '.git. . ', '.git...', 'git~1', 'GIT~1', 'git~2', 'git~12'],
  ...[
    '.git::$INDEX_ALLOCATION',
    '.git:stream',
    '.GIT::$DATA',
    '.g\u200cit',
    '\u200d.git',
    '.git\u200e',
    '.\u202agi\u206ft\ufeff',
    '.Gi\u200cT ',
  ],
];
const HOSTILE = ['', '.', '..', '/', '/etc', 'a/b', '../x', 'a\\b', '..\\x', 'a\nb', 'a\tb', 'a\u001b[31m', 'x'.repeat(256), ...DOT_GIT];

describe('a name', () => {
  test.each(HOSTILE)('%j is not only a name', (name) => {
    expect(isHarmless(name)).toBe(false);
  });

  test.each([
    ...[
      '.gitignore',
      '.gitmodules',
      '.github',
      'git',
      'git~',
      'git~x',
      '.gitx',
      'x.git',
      '..a',
      'a..',
      '...',
      ' ',
      'a b',
      '-',
      '~',
      ':',
      'größe',
    ],
    ...['日本語.yaml', 'x'.repeat(255), '__proto__', 'con', '.sourceignore'],
  ])('%j is only a name', (name) => {
    expect(isHarmless(name)).toBe(true);
  });

  test.each(HOSTILE)('%j is refused in a tree, at its root and below, shown without its effect on a terminal', (name) => {
    const { store, tree } = build();
    const hostile = tree({ name });
    for (const root of [
      hostile,
      tree({ name: 'd', mode: '40000', oid: hostile }),
      tree({ name, mode: '40000', oid: tree() }),
      tree({ name, mode: '120000' }),
    ]) {
      expect(() => listed(store, root)).toThrow(
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
        expect.objectContaining({ kind: 'hostile-content', message: expect.not.stringMatching(/[\u0000-\u001f]/) }),
      );
    }
  });
});

describe('a tree is refused', () => {
  const refused = (make: (building: ReturnType<typeof build>) => string, kind: string) => {
    const building = build();
    const root = make(building);
    expect(() => listed(building.store, root)).toThrow(expect.objectContaining({ name: 'GitError', kind }));
  };

  test('with two entries of one name, file or directory', () => {
    refused(({ tree }) => tree({ name: 'a' }, { name: 'a' }), 'hostile-content');
    refused(({ tree }) => tree({ name: 'a' }, { name: 'a', mode: '40000', oid: tree() }), 'hostile-content');
    refused(({ tree }) => tree({ name: 'a', mode: '120000' }, { name: 'a', mode: '40000', oid: tree() }), 'hostile-content');
  });

  test.each(['', 'x', '10064x', '-100644', '1e5', '777777777777777777777'])('with an entry of mode %j', (mode) => {
    refused(({ tree }) => tree({ name: 'a', mode }), 'hostile-content');
  });

  test.each([
    ['a mode alone', '100644'],
    ['no content id', '100644 name\0'],
    ['a content id cut short', `100644 name\0${'x'.repeat(19)}`],
    ['no end of the name', '100644 name'],
    ['no mode', 'name'],
    ['no mode but bytes of zero', `\0\0\0${'x'.repeat(40)}`],
  ])('that is damaged: %s', (_, content) => {
    refused(({ add }) => add('tree', Buffer.from(content)), 'hostile-content');
  });

  test('when an object is missing, or is of another type', () => {
    refused(() => 'f'.repeat(40), 'protocol');
    refused(() => HELLO, 'protocol');
    refused(({ tree }) => tree({ name: 'a', oid: 'f'.repeat(40) }), 'protocol');
    refused(({ tree }) => tree({ name: 'a', oid: tree() }), 'protocol');
    refused(({ tree }) => tree({ name: 'a', mode: '40000' }), 'protocol');
  });

  test('nested more deeply than 64 directories', () => {
    const nested = (depth: number) => {
      const { store, tree } = build();
      let root = tree({ name: 'f' });
      for (let level = 0; level < depth; level++) root = tree({ name: 'd', mode: '40000', oid: root });
      return () => listed(store, root);
    };

    expect(nested(63)()).toHaveLength(1);
    expect(nested(64)).toThrow(expect.objectContaining({ kind: 'hostile-content' }));
    expect(nested(5_000)).toThrow(expect.objectContaining({ kind: 'hostile-content' }));
  });

  test.each([
    ['files', true],
    ['directories alone', false],
  ])('that unfolds from a few objects into billions of %s', { timeout: 30_000 }, (_, withFiles) => {
    const { store, tree } = build();
    let root = withFiles ? tree({ name: 'f' }) : tree();
    for (let level = 0; level < 12; level++) {
      const below = root;
      root = tree(...Array.from({ length: 10 }, (_, index) => ({ name: `d${index}`, mode: '40000', oid: below })));
    }
    const spentMs = startCpuTime();
    let files = 0;

    expect(() => {
      for (const _ of filesOf(store, root)) files += 1;
    }).toThrow(expect.objectContaining({ kind: 'too-large' }));

    expect(files).toBeLessThan(2_000_000);
    expect(spentMs()).toBeLessThan(10_000);
  });
});

describe('the tree of a commit', () => {
  test('is the one that its first header names', () => {
    const { store, commit } = build();

    expect(treeOf(store, commit(`tree ${HELLO}\nauthor x\n\nsubject`))).toBe(HELLO);
  });

  test.each([
    ['nothing', ''],
    ['another header first', `parent ${HELLO}\ntree ${HELLO}\n`],
    ['two trees, of which readers disagree', `tree ${HELLO}\ntree ${HELLO}\n`],
    ['an id too short', 'tree abc\n'],
    ['an id that is a path', 'tree ../../../../etc/passwd/aaaaaaaaaaaaaaaaaaaaa\n'],
  ])('is refused for a commit with %s', (_, text) => {
    const { store, commit } = build();
    const oid = commit(text);

    expect(() => treeOf(store, oid)).toThrow(expect.objectContaining({ kind: 'hostile-content' }));
  });

  test('is an error when the commit is missing or none', () => {
    const { store, tree } = build();

    expect(() => treeOf(store, 'f'.repeat(40))).toThrow(expect.objectContaining({ kind: 'protocol' }));
    expect(() => treeOf(store, HELLO)).toThrow(expect.objectContaining({ kind: 'protocol' }));
    expect(() => treeOf(store, tree())).toThrow(expect.objectContaining({ kind: 'protocol' }));
  });
});
