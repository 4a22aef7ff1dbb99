import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { kustomizationDefinition, validate } from '@gotk/api';
import { latestAllowed, parseDuration, parseLabelSelector } from '@gotk/apimachinery';
import { ignoreRules } from '@gotk/artifact/files';
import { redact } from '@gotk/auth';
import { compileCel } from '@gotk/kstatus/cel';
import { build, memoryTree } from '@gotk/kustomize';
import { describe, expect, test } from 'vitest';
import { isRefName } from '../../packages/git/src/protocol/ref.ts';
import { costOf } from './cost.ts';

/** Ten thousand characters of each, and one that decides that it does not fit. */
const LONG = 10_000;
const NAME = `${'a'.repeat(LONG)}!`;

const ignored = (pattern: string, path: string) => ignoreRules({ files: new Map([['', pattern]]), spec: undefined })(path);

describe('CVE-2026-26996: stars in a pattern of what to ignore take time by its length, not by its choices', () => {
  test.each<[string, string, string]>([
    ['15 stars', `${'*'.repeat(15)}b`, NAME],
    ['40 stars among letters', `${'a*'.repeat(40)}b`, NAME],
    ['five thousand stars', `${'*a'.repeat(LONG / 2)}b`, NAME],
    ['40 stars in a path', `${'**/a*/'.repeat(40)}b`, 'a/'.repeat(LONG / 2)],
    ['a class of ten thousand letters', `[${'a-b'.repeat(LONG / 3)}]*x`, NAME],
    ['questions and stars', `${'?*'.repeat(LONG / 2)}b`, NAME],
    ['brackets that are not closed', '['.repeat(LONG), NAME],
    ['backslashes', '\\'.repeat(LONG), NAME],
    ['spaces', `a${' '.repeat(LONG)}b`, NAME],
  ])('%s', async (_, pattern, path) => {
    const { cpuMs, error } = await costOf(() => expect(ignored(pattern, path)).toBe(false));
    expect(error).toBeUndefined();
    expect(cpuMs).toBeLessThan(1_000);
  });
});

test('CVE-2026-27903: stars for directories, and directories to go through, are no product', async () => {
  for (const pattern of ['**/a/'.repeat(2_000), '**/'.repeat(3_000), '**/*a*b/'.repeat(1_200), '/**'.repeat(3_000)]) {
    const { cpuMs, error } = await costOf(() => ignored(`${pattern}z`, `${'a/'.repeat(LONG / 2)}c`));
    expect(error).toBeUndefined();
    expect(cpuMs, pattern.slice(0, 10)).toBeLessThan(1_000);
  }
});

test('CVE-2026-27904: groups, braces and extended globs mean themselves', () => {
  for (const pattern of ['+(a|b)', '!(x)', '@(a)', '*(a|aa)', '{a,b}', '{1..1000000}']) {
    expect(ignored(pattern, 'a')).toBe(false);
  }
  expect(ignored('+(a)', '+(a)')).toBe(true);
  expect(ignored('{a,b}', '{a,b}')).toBe(true);
});

describe('CVE-2026-33671: whatever tenants write as a pattern is read by an engine without ways back', () => {
  const evil = ['(a+)+$', '(a|a)*$', '(([a-z])+.)+!', '(a|aa)+$', '(.*)*b', 'a{0,500}a{0,500}$', '^(a?){500}a{500}$'];
  const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "${name}"}\n`;
  const tree = memoryTree({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': configMap(NAME) });

  test.each(evil)('%s', async (pattern) => {
    const matches = compileCel(`self.name.matches('${pattern}')`, { variables: ['self'], result: 'bool' });
    const uses: readonly (() => unknown)[] = [
      () => build(tree, '', { overlay: { patches: [{ patch: '- {op: add, path: /x, value: 1}', target: { name: pattern } }] } }),
      () => build(tree, '', { overlay: { images: [{ name: pattern, newName: 'x' }] } }),
      () => matches.evaluate({ self: { name: NAME } }),
    ];
    for (const use of uses) expect((await costOf(use)).cpuMs).toBeLessThan(1_500);
    // An expression that holds a pattern never runs where it could hold anybody up.
    expect(matches.mayLoop).toBe(true);
  });

  test('what that engine does not know is refused, and what would be too large for it', () => {
    for (const pattern of ['(?=a)', '(?<!a)b', '(a)\\1', '((a{1000}){1000}){1000}', '(', `${'('.repeat(5_000)}`])
      expect(
        () => build(tree, '', { overlay: { patches: [{ patch: '- {op: add, path: /x, value: 1}', target: { name: pattern } }] } }),
        pattern,
      ).toThrow(/is not a regular expression/);
  });

  test('expressions of our own take time by the length of what they are held against', async () => {
    const MIB = 1024 * 1024;
    const texts = [
      '1',
      '1.',
      '1h',
      ' ',
      '<',
      '(',
      '(a',
      'a,',
      '-',
      'a:@',
      '?sig=',
      'bearer ',
      'authorization ',
      '-----BEGIN A-----',
      '-----BEGIN A KEY-----\nx',
      'a://',
      '../',
      '/',
      '@{',
      '{',
      '\\',
    ];
    const readers: Readonly<Record<string, (text: string) => unknown>> = {
      redact,
      parseDuration,
      parseLabelSelector,
      isRefName,
      versions: (text) => latestAllowed('*', [text]),
      range: (text) => latestAllowed(text, ['1.0.0']),
      validate: (text) => validate(kustomizationDefinition.spec, { interval: text, path: text }, 'spec'),
    };
    for (const [reader, read] of Object.entries(readers)) {
      for (const text of texts) {
        const written = `a${text.repeat(MIB / text.length)}!`;
        expect((await costOf(() => read(written))).cpuMs, `${reader} of ${text}`).toBeLessThan(2_000);
      }
    }
  });

  test('a range of versions of 100 KB, and one of ten thousand alternatives, is refused at once', async () => {
    const versions = Array.from({ length: 10_000 }, (_, n) => `1.0.${n}`);
    for (const range of [
      `1${' '.repeat(100_000)}1`,
      `${'2||'.repeat(LONG)}3`,
      `${'>'.repeat(100_000)}1`,
      '1.'.repeat(50_000),
      `${'2||'.repeat(1_300)}3`,
    ]) {
      const { cpuMs, error } = await costOf(() => latestAllowed(range, versions));
      expect(error).toMatchObject({ name: 'InvalidRange' });
      expect(cpuMs).toBeLessThan(1_000);
    }
  });
});

describe('CVE-2025-1302: nothing that evaluates a text, or merges into prototypes, is in what we ship', () => {
  const root = join(import.meta.dirname, '../..');

  /** The packages that a package of the workspace needs at run time, by name, with those that they need. */
  async function shipped(): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    const open = (await readdir(join(root, 'packages'))).filter((name) => name !== 'testkit').map((name) => join(root, 'packages', name));
    const seen = new Set<string>();
    for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
      if (seen.has(directory)) continue;
      seen.add(directory);
      const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Readonly<
        Record<string, Record<string, string> | undefined>
      >;
      for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies })) {
        names.add(name);
        const found = await resolved(directory, name);
        if (found !== undefined) open.push(found);
      }
    }
    return names;
  }

  /** Where Node would find a package: beside whoever asks, or above. */
  async function resolved(from: string, name: string): Promise<string | undefined> {
    for (let at = from; at.length >= root.length; at = join(at, '..')) {
      const candidate = await realpath(join(at, 'node_modules', name)).catch(() => undefined);
      if (candidate !== undefined) return candidate;
    }
    return undefined;
  }

  test('by name, however deep', async () => {
    const names = await shipped();
    // That it is looked at all.
    expect([...names]).toEqual(expect.arrayContaining(['ssh2', 'js-yaml', 're2js', 'semver', 'fastify', 'pino']));
    expect(names.size).toBeGreaterThan(40);
    const refused =
      /^(jsonpath|jsonpath-plus|static-eval|vm2|@kubernetes\/client-node|lodash(\..*)?|deepmerge|merge|minimatch|picomatch|micromatch|glob|fast-json-patch|jsondiffpatch|js-yaml-loader|tar|tar-stream|tar-fs|decompress|isomorphic-git|simple-git|openpgp)$/;
    expect([...names].filter((name) => refused.test(name) && !(name in EXCUSED))).toEqual([]);
  });

  /** With the reason why it may be there. */
  const EXCUSED: Readonly<Record<string, string>> = {
    glob: 'of @fastify/static, for a list of files made at start, which we do not ask for: no request meets a pattern',
    minimatch: 'of glob',
    openpgp: 'verifies detached signatures, packet by packet: what its advisories are about is not asked of it (row 29 of packages/git)',
    'tar-stream': 'writes archives; ours are read by our own reader',
  };

  /** The one text that is evaluated is a word of our own. */
  const EVALUATES: Readonly<Record<string, string>> = {
    'apimachinery/src/garbage.ts': "asks a context of its own for 'gc': V8 gives its collector in no other way",
  };

  test('and our own code evaluates no text', async () => {
    for (const name of (await readdir(join(root, 'packages'))).filter((entry) => entry !== 'testkit')) {
      const source = join(root, 'packages', name, 'src');
      for (const file of await readdir(source, { recursive: true })) {
        if (!/(?<!\.test)\.ts$/.test(file) || join(name, 'src', file) in EVALUATES) continue;
        expect(await readFile(join(source, file), 'utf8'), file).not.toMatch(
          /\beval\(|\bnew Function\(|from 'node:vm'|\.setPrototypeOf\(|\.__proto__/,
        );
      }
    }
  });
});
