import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import fc from 'fast-check';
import ignore from 'ignore';
import { describe, expect, test } from 'vitest';
import { ArtifactError } from './artifact-error.ts';
import { ignoreRules } from './ignore-rules.ts';

interface Sources {
  readonly files?: Readonly<Record<string, string>>;
  readonly spec?: string;
}

/** What is left of these paths. */
function kept(paths: readonly string[], { files = {}, spec }: Sources = {}): readonly string[] {
  const isIgnored = ignoreRules({ files: new Map(Object.entries(files)), spec });
  return paths.filter((path) => !isIgnored(path));
}

describe('without rules of its own, a tree', () => {
  test.each([
    ...['.git/config', 'sub/.git/config', '.gitignore', 'a/b/.gitignore', '.gitmodules', '.gitattributes'],
    ...['a.jpg', 'a.jpeg', 'a.gif', 'x/y/a.png', 'a.wmv', 'a.flv', 'a.tar.gz', 'a.zip', 'dir.zip/file'],
    ...[
      '.github/workflows/x.yaml',
      '.circleci/config.yml',
      '.travis.yml',
      '.gitlab-ci.yml',
      'appveyor.yml',
      '.drone.yml',
      'cloudbuild.yaml',
    ],
    ...[
      'codeship-services.yml',
      'codeship-steps.yml',
      '.goreleaser.yml',
      'a/.goreleaser.yml',
      '.sops.yaml',
      'a/b/.sops.yaml',
      'a/.flux.yaml',
    ],
  ])('loses %s', (path) => {
    expect(kept([path])).toEqual([]);
  });

  test.each([
    'a.yaml',
    '.sourceignore',
    'a.JPG',
    'a.jpg.yaml',
    'README.md',
    '.gitlab-ci.yaml',
    'a.tar',
    'git/config',
    '.git',
    'github/x',
    '.env',
    'jpg',
  ])('keeps %s', (path) => {
    expect(kept([path])).toEqual([path]);
  });

  test('is what also a tree with comments and blank lines alone is', () => {
    expect(kept(['a.jpg', 'a.yaml'], { files: { '': '# nothing\n\n  \n' }, spec: '\n' })).toEqual(['a.yaml']);
  });
});

describe('rules of any kind', () => {
  test.each([{ files: { '': 'other' } }, { files: { 'deep/down': 'other' } }, { spec: 'other' }])(
    'replace the defaults, except for those about version control: %j',
    (sources) => {
      expect(kept(['a.jpg', '.github/x', '.sops.yaml', '.gitignore', '.git/config', 'a/.gitmodules'], sources)).toEqual([
        'a.jpg',
        '.github/x',
        '.sops.yaml',
      ]);
    },
  );

  test('may bring back what belongs to version control', () => {
    expect(kept(['.gitignore', '.gitmodules'], { spec: '!.gitignore' })).toEqual(['.gitignore']);
  });
});

describe('the last rule that matches decides', () => {
  test('within one file', () => {
    expect(kept(['a.md', 'b.md'], { spec: '*.md\n!a.md' })).toEqual(['a.md']);
    expect(kept(['a.md', 'b.md'], { spec: '!a.md\n*.md' })).toEqual([]);
  });

  test('spec.ignore after all files, whatever they say', () => {
    const files = { '': '!secret', 'a/b': '!secret' };

    expect(kept(['secret', 'a/b/secret', 'open'], { files, spec: 'secret' })).toEqual(['open']);
    expect(kept(['a/x', 'a/y'], { files: { a: '*' }, spec: '!x' })).toEqual(['a/x']);
  });

  test('files of inner directories after those of outer ones', () => {
    expect(kept(['x', 'a/x', 'a/b/x', 'a-b/x'], { files: { 'a/b': 'x', '': 'x', a: '!x' } })).toEqual(['a/x']);
  });

  test('a nested file speaks about its directory alone, and from there', () => {
    const files = { app: '/top\nany\nsub/file' };
    const paths = [
      'top',
      'any',
      'app/top',
      'app/x/top',
      'app/any',
      'app/x/any',
      'app/sub/file',
      'sub/file',
      'app/app/sub/file',
      'apple/any',
      'x/app/any',
    ];

    expect(kept(paths, { files })).toEqual(['top', 'any', 'app/x/top', 'sub/file', 'app/app/sub/file', 'apple/any', 'x/app/any']);
  });
});

// Each line was put to go-git 5.16.2. Flux builds its matcher from a fork of go-git 5; version 6 gives some of them another meaning.
describe('a pattern means what it means to Flux', () => {
  test.each([
    ['*.md', ['a.md', 'x/a.md'], ['a.mdx', 'md']],
    ['docs', ['docs', 'docs/a', 'x/docs/a'], ['docs2/a', 'mydocs']],
    ['docs/', ['docs/a', 'x/docs/a/b'], ['docs', 'x/docs']],
    ['/docs', ['docs', 'docs/a'], ['x/docs', 'x/docs/a']],
    ['/docs/', ['docs/a'], ['docs', 'x/docs/a']],
    ['a/b', ['a/b', 'a/b/c'], ['x/a/b', 'a/c/b']],
    ['a/*', ['a/b', 'a/b/c'], ['b/a']],
    ['a/*/c', ['a/b/c', 'a/b/c/d'], ['a/c', 'a/b/b/c']],
    ['**/c', ['c', 'a/c', 'a/b/c', 'a/c/d'], ['cc', 'a/cc']],
    ['a/**/c', ['a/c', 'a/b/c', 'a/b/b/c'], ['c', 'x/a/c']],
    ['a/**', ['a/b', 'a/b/c', 'a'], ['b', 'b/a']],
    ['**', ['a', 'a/b'], []],
    ['**/a/**/b', ['a/b', 'x/a/b', 'x/a/y/b'], ['b/a']],
    ['a**b/c', [], ['ab/c', 'axb/c']],
    ['/*', ['a', 'a/b'], []],
    ['/', [], ['a', 'a/b']],
    ['[ab].txt', ['a.txt', 'x/b.txt'], ['c.txt']],
    ['[^a].txt', ['b.txt'], ['a.txt']],
    ['[!a].txt', ['a.txt', '!.txt'], ['b.txt']],
    ['\\#a', ['#a'], ['a']],
    ['\\!a', ['!a'], ['a']],
    ['a ', ['a'], ['a ']],
    ['a\\ ', ['a '], ['a']],
    [' a', [' a'], ['a']],
    ['A', ['A'], ['a']],
    ['a\r\nb\r', ['a', 'b'], ['a\r', 'b\r']],
    ['[', [], ['[', 'a']],
    ['a\\', [], ['a', 'a\\']],
  ])('%j', (pattern, ignored, others) => {
    expect(kept([...ignored, ...others], { spec: pattern })).toEqual(others);
  });

  test('what is behind an exclamation mark comes back, also from below an excluded directory', () => {
    expect(kept(['a/b', 'a/c'], { spec: 'a/\n!a/b' })).toEqual(['a/b']);
    expect(kept(['x', 'deploy/a.yaml', 'deploy/x/a.yaml', 'deploy/x/a.md'], { spec: '/*\n!/deploy\n/deploy/**/*.md' })).toEqual([
      'deploy/a.yaml',
      'deploy/x/a.yaml',
    ]);
    expect(kept(['a/b/c', 'a/d'], { spec: '*\n!b' })).toEqual(['a/b/c']);
  });
});

test('simple patterns mean what they mean to Git', () => {
  const name = fc.constantFrom('a', 'b', 'ab', 'a.x', 'b.x', 'A', 'a b', 'ä');
  const glob = fc.constantFrom('a', 'b', 'ab', '*.x', 'a*', '?', 'A', '[ab]', 'a?b', 'ä');
  const pattern = fc
    .tuple(fc.constantFrom('', '/', '**/'), fc.array(glob, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '/'))
    // go-git takes the first directory that fits what follows `**`, and does not try the next.
    .map(([start, segments, end]) => `${start}${(start === '**/' ? segments.slice(0, 1) : segments).join('/')}${end}`);
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 3 }), path, (patterns, file) => {
      const theirs = ignore({ ignorecase: false }).add(patterns).ignores(file);
      expect(kept([file], { spec: patterns.join('\n') })).toEqual(theirs ? [] : [file]);
    }),
    { numRuns: 2_000 },
  );
});

describe('hostile rules', () => {
  test('more than anybody needs are refused, rather than those of spec.ignore forgotten', () => {
    const files = new Map([['', 'x\n'.repeat(10_001)]]);

    expect(() => ignoreRules({ files, spec: 'secret' })).toThrow(ArtifactError);
    expect(kept(['x', 'y'], { files: { '': 'x\n'.repeat(9_999) }, spec: 'y' })).toEqual([]);
  });

  test.each([
    ['stars', `${'*a'.repeat(5_000)}*b`, 'a'.repeat(10_000)],
    ['any depth', `${'**/a/'.repeat(2_000)}b`, 'a/'.repeat(5_000).concat('c')],
    ['slashes', '/'.repeat(10_000), 'a/'.repeat(5_000).concat('c')],
    ['spaces', `a${' '.repeat(50_000)}b${' '.repeat(50_000)}`, 'a'],
    ['spaces with something behind', `${' '.repeat(100_000)}x`, 'a'],
  ])('of %s end in a moment', (_, pattern, path) => {
    const spentMs = startCpuTime();
    expect(kept([path], { spec: pattern })).toEqual([path]);
    expect(spentMs()).toBeLessThan(1_000);
  });

  test('in directories called like properties that every object has are rules like others', () => {
    const files = new Map([
      ['__proto__', 'x'],
      ['constructor', 'x'],
    ]);
    const isIgnored = ignoreRules({ files, spec: undefined });

    expect(['__proto__/x', 'constructor/x', 'x'].map(isIgnored)).toEqual([true, true, false]);
  });
});
