import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runGotk } from '../gotk.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gotk-cli-'));
});
afterEach(() => rm(directory, { recursive: true }));

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

async function files(contents: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(contents)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

async function build(args: readonly string[], cwd = directory) {
  const [printed, complaints]: [string[], string[]] = [[], []];
  const code = await runGotk(['kustomize', 'build', ...args], {
    cwd,
    print: (text) => printed.push(text),
    complain: (text) => complaints.push(text),
  });
  return { code, out: printed.join(''), err: complaints.join('') };
}

const NONE = ['--load-restrictor', 'LoadRestrictionsNone'];

describe('what is printed', () => {
  const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\n';
  const app = { 'app/kustomization.yaml': 'resources: [s.yaml, c.yaml]\n', 'app/s.yaml': service, 'app/c.yaml': configMap('c') };
  const [C, S] = [configMap('c'), 'apiVersion: v1\nkind: Service\nmetadata:\n  name: s\n'];

  test("documents in kustomize's order, or in that of the files", async () => {
    await files(app);
    expect(await build(['app'])).toEqual({ code: 0, out: `${C}---\n${S}`, err: '' });
    expect((await build(['app', '--reorder', 'none'])).out).toBe(`${S}---\n${C}`);
    expect((await build([], join(directory, 'app'))).out).toBe(`${C}---\n${S}`);
  });

  test('goes into a file', async () => {
    await files(app);
    expect(await build(['app', '-o', 'out.yaml'])).toEqual({ code: 0, out: '', err: '' });
    expect(await readFile(join(directory, 'out.yaml'), 'utf8')).toBe(`${C}---\n${S}`);
    expect(await build(['app', '-o', 'nowhere/out.yaml'])).toMatchObject({ code: 1, err: expect.stringContaining('cannot be written') });
  });

  test('goes into a file for each object in a directory that exists, with the namespace in the name if there are several', async () => {
    const role = (namespace: string) =>
      `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: "a:B", namespace: ${namespace}}\n`;
    await files({
      ...app,
      'two/kustomization.yaml': 'resources: [all.yaml]\n',
      'two/all.yaml': [role('x'), role('y'), 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n'].join('---\n'),
    });
    await mkdir(join(directory, 'out'));
    await build(['app', '-o', 'out']);
    expect((await readdir(join(directory, 'out'))).sort()).toEqual(['v1_configmap_c.yaml', 'v1_service_s.yaml']);
    expect(await readFile(join(directory, 'out/v1_configmap_c.yaml'), 'utf8')).toBe(C);
    await mkdir(join(directory, 'out2'));
    await build(['two', '-o', 'out2']);
    expect((await readdir(join(directory, 'out2'))).sort()).toEqual([
      'v1_namespace_x.yaml',
      'x_rbac.authorization.k8s.io_v1_role_a:b.yaml',
      'y_rbac.authorization.k8s.io_v1_role_a:b.yaml',
    ]);
  });

  test('an object cannot name its file out of the directory', async () => {
    await files({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': configMap('../../a') });
    await mkdir(join(directory, 'out'));
    expect(await build(['-o', 'out'])).toMatchObject({ code: 1, err: "error: ConfigMap '../../a': cannot be the name of a file\n" });
  });
});

describe('errors name the file as it would be typed', () => {
  test.each<[readonly string[], Readonly<Record<string, string>>, string]>([
    [['app'], { 'app/kustomization.yaml': 'resources: [a.yaml]\n', 'app/a.yaml': 'a:\n\tb: 1\n' }, 'error: app/a.yaml:2:1: invalid YAML: '],
    [['app'], { 'app/a.yaml': '' }, 'error: app: no kustomization file in this directory'],
    [[], {}, 'error: .: no kustomization file in this directory'],
    [['nowhere'], {}, 'error: nowhere: there is no such directory\n'],
    [['github.com/a/b?ref=v1'], {}, 'error: github.com/a/b?ref=v1: there is no such directory: remote directories are not fetched, '],
  ])('%j %j', async (args, contents, err) => {
    await files(contents);
    expect(await build(args)).toEqual({ code: 1, out: '', err: expect.stringContaining(err) });
  });

  test('also what lies beside the current directory', async () => {
    await files({ 'app/kustomization.yaml': 'resources: [../base]\n', 'base/kustomization.yaml': 'nonsense: 1\n' });
    expect((await build([], join(directory, 'app'))).err).toMatch(/^error: \.\.\/base\/kustomization\.yaml: /);
  });
});

describe('what a kustomization may load', () => {
  test('bases may be anywhere', async () => {
    await files({ 'app/kustomization.yaml': 'resources: [../base]\n', 'base/kustomization.yaml': 'resources: [a.yaml]\n' });
    await files({ 'base/a.yaml': configMap('a') });
    expect(await build(['app'])).toEqual({ code: 0, out: configMap('a'), err: '' });
  });

  test('files are in or below its directory, unless anything goes', async () => {
    await files({ 'app/kustomization.yaml': 'resources: [../a.yaml]\n', 'a.yaml': configMap('a') });
    expect(await build(['app'])).toMatchObject({ code: 1, err: expect.stringMatching(/^error: .*a\.yaml.* not in or below/) });
    expect((await build(['app', ...NONE])).out).toBe(configMap('a'));
  });

  test('a link counts as what it leads to', async () => {
    await files({ 'app/kustomization.yaml': 'resources: [link.yaml, sub/in.yaml]\n', 'secret.yaml': configMap('secret') });
    await files({ 'app/a.yaml': configMap('a') });
    await mkdir(join(directory, 'app/sub'));
    await symlink('../a.yaml', join(directory, 'app/sub/in.yaml'));
    await symlink('../secret.yaml', join(directory, 'app/link.yaml'));
    expect(await build(['app'])).toEqual({
      code: 1,
      out: '',
      err: "error: app/kustomization.yaml: resources[0]: 'link.yaml' is not in or below 'app'\n",
    });
    expect((await build(['app', ...NONE])).out).toBe(`${configMap('a')}---\n${configMap('secret')}`);
  });

  test('a directory of files that is a link out of it', async () => {
    await files({ 'app/kustomization.yaml': 'resources: [link/secret.yaml]\n', 'other/secret.yaml': configMap('secret') });
    await symlink('../other', join(directory, 'app/link'));
    expect((await build(['app'])).code).toBe(1);
  });

  test('a kustomization file that is a link out of its directory', async () => {
    await files({ 'elsewhere/kustomization.yaml': 'resources: [a.yaml]\n', 'app/a.yaml': configMap('a') });
    await symlink('../elsewhere/kustomization.yaml', join(directory, 'app/kustomization.yaml'));
    expect((await build(['app'])).code).toBe(1);
    expect((await build(['app', ...NONE])).out).toBe(configMap('a'));
  });

  test('the directory itself may be a link, and a base too', async () => {
    await files({ 'real/kustomization.yaml': 'resources: [a.yaml, link]\n', 'real/a.yaml': configMap('a') });
    await files({ 'base/kustomization.yaml': 'resources: [b.yaml]\n', 'base/b.yaml': configMap('b') });
    await symlink('real', join(directory, 'app'));
    await symlink('../base', join(directory, 'real/link'));
    expect((await build(['app'])).out).toBe(`${configMap('a')}---\n${configMap('b')}`);
  });

  test('a link in a circle is an error like any other', async () => {
    await files({ 'kustomization.yaml': 'resources: [a.yaml]\n' });
    await symlink('a.yaml', join(directory, 'a.yaml'));
    expect(await build([])).toMatchObject({ code: 1, err: expect.stringContaining('a.yaml') });
  });
});
