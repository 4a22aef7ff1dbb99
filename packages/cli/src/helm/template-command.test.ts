import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runGotk } from '../gotk.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gotk-helm-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function files(contents: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(contents)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

async function template(...args: readonly string[]) {
  const [printed, complaints]: [string[], string[]] = [[], []];
  const code = await runGotk(['helm', 'template', ...args], {
    cwd: directory,
    print: (text) => printed.push(text),
    complain: (text) => complaints.push(text),
  });
  return { code, out: printed.join(''), err: complaints.join('') };
}

const hook = (name: string, event: string): string => `kind: Pod\nmetadata:\n  name: ${name}\n  annotations: {helm.sh/hook: ${event}}\n`;

const APP = {
  'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'app/values.yaml': 'a: default\n',
  'app/templates/a.yaml': 'kind: ConfigMap\ndata: {a: "{{ .Values.a }}", n: {{ .Release.Name }}-{{ .Release.Namespace }}}\n',
  'app/templates/hook.yaml': hook('hook', 'pre-install'),
  'app/templates/tests/t.yaml': hook('test', 'test'),
  'app/templates/NOTES.txt': 'nobody prints this',
  'app/crds/crd.yaml': 'kind: CustomResourceDefinition\n',
};

const part = (path: string, text: string): string => `---\n# Source: app/${path}\n${text}\n`;
const MAP = (a: string, name = 'release-name-default') => part('templates/a.yaml', `kind: ConfigMap\ndata: {a: "${a}", n: ${name}}`);
const HOOKS = part('templates/hook.yaml', hook('hook', 'pre-install')) + part('templates/tests/t.yaml', hook('test', 'test'));

describe('a chart in a directory', () => {
  beforeEach(() => files(APP));

  test('is printed as helm prints it: objects, then hooks', async () => {
    expect(await template('app')).toEqual({ code: 0, out: MAP('default') + HOOKS, err: '' });
    expect((await template('web', 'app', '-n', 'ns', '--no-hooks')).out).toBe(MAP('default', 'web-ns'));
    expect((await template('app', '--skip-tests', '--name-template', '{{ upper "x" | lower }}')).out).toBe(
      MAP('default', 'x-default') + part('templates/hook.yaml', hook('hook', 'pre-install')),
    );
  });

  test('with its definitions, or with what is asked for alone', async () => {
    const crd = part('crds/crd.yaml', 'kind: CustomResourceDefinition\n');
    expect((await template('app', '--include-crds', '--no-hooks')).out).toBe(crd + MAP('default'));
    // As helm has it, with an empty line behind each.
    expect((await template('app', '-s', 'templates/a.yaml')).out).toBe(`${MAP('default')}\n`);
    expect((await template('app', '-s', 'templates/*/*.yaml')).out).toBe(`${part('templates/tests/t.yaml', hook('test', 'test'))}\n`);
    expect(await template('app', '-s', 'templates/none.yaml')).toEqual({
      code: 1,
      out: '',
      err: 'error: could not find template templates/none.yaml in chart\n',
    });
  });

  test('with values of files and of the command line, the latter last', async () => {
    await files({ 'one.yaml': 'a: one\n', 'two.yaml': 'a: two\n', 'text.txt': 'of a file' });
    expect((await template('app', '--no-hooks', '-f', 'one.yaml,two.yaml')).out).toBe(MAP('two'));
    expect((await template('app', '--no-hooks', '-f', 'one.yaml', '--set', 'a=set')).out).toBe(MAP('set'));
    expect((await template('app', '--no-hooks', '--set-file', 'a=text.txt')).out).toBe(MAP('of a file'));
    expect((await template('app', '--no-hooks', '--set-json', 'a=12')).out).toBe(MAP('12'));
  });

  test('may not lead out of itself by links', async () => {
    await files({ 'secret.txt': 'secret' });
    await symlink('../../secret.txt', join(directory, 'app/templates/link.yaml'));
    const { code, err } = await template('app');
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('is a link that leads out of the chart') });
    await writeFile(join(directory, 'app/.helmignore'), 'templates/link.yaml\n');
    expect((await template('app')).code).toBe(0);
  });
});

describe('what is wrong', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['a template', { 'app/templates/b.yaml': 'x: {{ fail "no" }}' }, 'execution error at (app/templates/b.yaml:1:6): no'],
    [
      'a function that there is not',
      { 'app/templates/b.yaml': '{{ no }}' },
      'parse error at (app/templates/b.yaml:1): function "no" not defined',
    ],
    ['a library', { 'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\ntype: library\n' }, 'library charts are not installable'],
    [
      'a chart that is missing',
      { 'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies: [{name: x, version: "1"}]\n' },
      'found in Chart.yaml, but missing in charts/ directory: x',
    ],
    ['no chart', { 'app/Chart.yaml': 'a: 1\n' }, 'chart.metadata.'],
    [
      'values against their schema',
      { 'app/values.schema.json': '{"properties": {"a": {"type": "number"}}}' },
      "values don't meet the specifications",
    ],
  ])('%s', async (_, more, message) => {
    await files({ ...APP, ...more });
    expect(await template('app')).toEqual({ code: 1, out: '', err: expect.stringContaining(message) });
  });

  test.each<[readonly string[], number, string]>([
    [[], 2, 'a chart is missing'],
    [['a', 'b', 'c'], 2, 'expected at most two arguments, unexpected arguments: c'],
    [['app', '--bogus'], 2, "unknown option '--bogus'"],
    [['app', '--repo', 'https://example.com'], 2, '--repo is not supported: charts are read from disk: fetch it before'],
    [['app', '--post-renderer', 'x'], 2, '--post-renderer is not supported'],
    [['nowhere'], 1, 'no such file or directory'],
    [['BAD', 'app'], 1, 'release name check failed: release name "BAD": invalid release name'],
    [['app', '--kube-version', 'new'], 1, 'invalid kube version \'new\': could not parse "new" as version'],
    [['app', '-f', 'none.yaml'], 1, 'none.yaml: cannot be read'],
    [['app', '-f', 'https://example.com/v.yaml'], 1, 'values are read from disk'],
  ])('%j', async (args, code, message) => {
    await files(APP);
    expect(await template(...args)).toEqual({ code, out: '', err: expect.stringContaining(message) });
  });
});
