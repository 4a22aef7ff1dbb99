import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runGotk } from '../gotk.ts';
import { runCases } from './cases.ts';

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
const service = (name: string): string => configMap(name).replace('ConfigMap', 'Service');

interface Case {
  readonly path?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly output?: string;
  readonly error?: string;
}

const FILES = { '/app/kustomization.yaml': 'resources: [s.yaml, c.yaml]\n', '/app/s.yaml': service('s'), '/app/c.yaml': configMap('c') };
const line = (test: string, overrides: Case): string => JSON.stringify({ test, path: '/app', files: FILES, ...overrides });
const failure = (overrides: Case): string | undefined => runCases(line('one', overrides), 'c.jsonl')[0]?.failure;

describe('a case passes', () => {
  test.each<[string, Case]>([
    ['when the objects are the same, however they are written', { output: `${service('"s" # comment')}---\n${configMap('c')}---\n` }],
    ['in the old order when asked for', { options: { reorder: 'legacy' }, output: `${configMap('c')}---\n${service('s')}` }],
    ['when it fails as it should', { path: 'nowhere', error: 'no such directory' }],
    [
      'with a label of who made it',
      {
        files: { '/app/kustomization.yaml': 'resources: [c.yaml]\n', '/app/c.yaml': configMap('c') },
        options: { managedByLabel: true },
        output: `${configMap('c')}  labels:\n    app.kubernetes.io/managed-by: kustomize-(test)\n`,
      },
    ],
  ])('%s', (_, overrides) => {
    expect(failure(overrides)).toBeUndefined();
  });

  test('by the load restrictions that it names', () => {
    const files = { '/app/kustomization.yaml': 'resources: [../c.yaml]\n', '/c.yaml': configMap('c') };
    expect(failure({ files, error: 'not in or below' })).toBeUndefined();
    expect(failure({ files, output: configMap('c'), options: { loadRestrictions: 'LoadRestrictionsNone' } })).toBeUndefined();
  });
});

describe('a case fails, and says why on one line', () => {
  test.each<[string, Case, string | RegExp]>([
    ['order', { output: `${configMap('c')}---\n${service('s')}` }, 'object 1 is Service/s instead of ConfigMap/c'],
    [
      'a field',
      { output: `${service('s')}---\n${configMap('c')}data:\n  a: [1, {b: 2}]\n` },
      'object 2, ConfigMap/c: /data is missing instead of {"a":[1,{"b":2}]}',
    ],
    ['too many', { output: service('s') }, '2 objects instead of 1; object 2 is ConfigMap/c instead of missing'],
    ['what should not be built', { error: 'nope' }, 'was built, and should not have been'],
    ['what should be built', { path: 'nowhere', output: '' }, 'nowhere: there is no such directory in the source'],
  ])('%s', (_, overrides, expected) => {
    expect(failure(overrides)).toBe(expected);
  });

  test('a crash is called one, also where an error is due', () => {
    const crash = () => {
      throw new TypeError('no such thing');
    };
    expect(runCases(line('one', { error: 'x' }), 'c.jsonl', crash)).toEqual([
      { name: 'one', failure: 'crashed: TypeError: no such thing' },
    ]);
  });
});

test.each([
  ['{', 'c.jsonl:2: is not JSON'],
  ['[]', 'c.jsonl:2: is not a case'],
  ['{"test": "x", "path": "."}', 'c.jsonl:2: is not a case: it needs test, path, files'],
  ['{"test": "x", "path": ".", "files": {}}', 'c.jsonl:2: is not a case: it needs output or error'],
])('a line that is no case: %s', (text, message) => {
  expect(() => runCases(`\n${text}\n`, 'c.jsonl')).toThrow(message);
});

test('the command lists what failed, counts, and ends with 1 if something did', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-cases-'));
  try {
    const good = line('good', { output: `${service('s')}---\n${configMap('c')}` });
    await writeFile(join(directory, 'good.jsonl'), `${good}\n`);
    await writeFile(join(directory, 'both.jsonl'), `${good}\n${line('bad', { error: 'x' })}\n`);
    const run = async (file: string) => {
      const printed: string[] = [];
      const code = await runGotk(['kustomize', 'build', '--cases', file], {
        cwd: directory,
        print: (text) => printed.push(text),
        complain: (text) => printed.push(text),
      });
      return { code, text: printed.join('') };
    };
    expect(await run('good.jsonl')).toEqual({ code: 0, text: '1 passed, 0 failed\n' });
    expect(await run('both.jsonl')).toEqual({ code: 1, text: 'FAILED bad: was built, and should not have been\n1 passed, 1 failed\n' });
    expect(await run('none.jsonl')).toEqual({ code: 1, text: 'error: none.jsonl: cannot be read\n' });
  } finally {
    await rm(directory, { recursive: true });
  }
});
