import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parseGitConfig } from './git-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'gotk-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** `section.subsection.key=value`, as `git config --list` has it; undefined for a file that is refused. */
function byGit(text: string): readonly string[] | undefined {
  const file = join(directory, 'config');
  writeFileSync(file, text);
  try {
    const listed = execFileSync('git', ['config', '--no-includes', '--file', file, '--list', '-z'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString();
    return listed
      .split('\0')
      .slice(0, -1)
      .map((line) => (line.includes('\n') ? line.replace('\n', '=') : `${line}=true`));
  } catch {
    return undefined;
  }
}

function byUs(text: string): readonly string[] | undefined {
  try {
    return parseGitConfig(text).map(
      ({ section, subsection, key, value }) =>
        `${[section, subsection, key].filter((part) => part !== undefined && part !== '').join('.')}=${value}`,
    );
  } catch {
    return undefined;
  }
}

describe('a configuration is read as Git reads it', () => {
  test.each([
    ['nothing', ''],
    ['a submodule', '[submodule "a"]\n\tpath = lib/a\n\turl = https://host/a.git\n'],
    ['line ends of Windows', '[submodule "a"]\r\n\tpath = lib/a\r\n\tfetchRecurseSubmodules\r\n'],
    ['comments', '# one\n[a] ; two\nk = v # three\nq = "v # four" ; five\n'],
    ['escapes', '[a]\nk = a\\tb\\nc\\"d\\\\e\\b\n'],
    ['quotes within a value', '[a]\nk = one"  two  "three  \n'],
    ['spaces around a value', '[a]\nk =   one two   \n'],
    ['a value over two lines', '[a]\nk = one\\\n  two\n'],
    ['a key without a value', '[a]\nk\nl =\n'],
    ['a subsection with escapes', '[a "b\\"c\\\\d\\e"]\nk = v\n'],
    ['a subsection in the old form', '[a.B]\nk = v\n'],
    ['upper case', '[A "B"]\nKey = Value\n'],
    ['everything on one line', '[a] k = v'],
    ['two of the same', '[a]\nk = 1\nk = 2\n[a]\nk = 3'],
    ['an end in the middle of quotes', '[a]\nk = "v'],
    ['a line break within quotes', '[a]\nk = "v\nw"\n'],
    ['an unknown escape', '[a]\nk = \\x\n'],
    ['a key with a digit first', '[a]\n1k = v\n'],
    ['a key before any section', 'k = v\n'],
    ['a section without an end', '[a\nk = v\n'],
    ['a section without a name', '[]\nk = v\n'],
    ['a subsection without an end', '[a "b]\nk = v\n'],
    ['a byte order mark', '\ufeff[a]\nk = v\n'],
    ['properties that every object has', '[__proto__ "constructor"]\ntoString = v\n[a "__proto__"]\nconstructor = v\n'],
  ])('%s', (_, text) => {
    expect(byUs(text)).toEqual(byGit(text));
  });

  test('whatever is in it', { timeout: 60_000 }, () => {
    // No tab: within a value, it is a space for Git before 2.45.
    const piece = fc.constantFrom(
      '[',
      ']',
      '"',
      '\\',
      '\n',
      '\r\n',
      ' ',
      '=',
      '#',
      ';',
      'a',
      'B',
      '1',
      '-',
      '.',
      '[s]\n',
      '[s "t"]\n',
      'k = v',
      '\\n',
      '\\\n',
      'ü',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join('');
        expect(byUs(text)).toEqual(byGit(text));
      }),
      { numRuns: 60 },
    );
  });
});

test('a configuration of any content takes time by its length', () => {
  const long = 250_000;
  for (const text of [
    '['.repeat(long),
    `[a]\nk = ${'\\\n'.repeat(long / 2)}`,
    `[a]\n${' '.repeat(long - 10)}k`,
    `[a "${'\\'.repeat(long - 10)}`,
    `[a]\nk = ${'" "'.repeat(long / 4)}`,
  ]) {
    const spentMs = startCpuTime();
    byUs(text);
    expect(spentMs()).toBeLessThan(2_000);
  }
});

test.each([
  ['bytes', `[a]\nk = ${'x'.repeat(300_000)}`],
  ['values', `[a]\n${'k\n'.repeat(20_000)}`],
])('a configuration with too many %s is refused', (_, text) => {
  expect(() => parseGitConfig(text)).toThrow(expect.objectContaining({ name: 'GitError', kind: 'too-large' }));
});
