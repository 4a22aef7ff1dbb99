import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { httpAccessOf } from '@gotk/auth';
import { build, memoryTree } from '@gotk/kustomize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FILE_FIELDS } from '../../packages/kustomize/test/file-fields.ts';
import { CLIENTS } from './clients.ts';
import { watchProcesses } from './process-watch.ts';
import { rawServer, sends } from './raw-server.ts';

const PACKAGES = join(import.meta.dirname, '../../packages');
let started: ReturnType<typeof watchProcesses>;
beforeAll(() => {
  started = watchProcesses();
});
afterAll(() => {
  started[Symbol.dispose]();
});

const EVIL = ['$(touch /tmp/pwn)', '`id`', '|| id', '; id #', "'; id; '", '"; id; "', '\n id', '--upload-pack=id', '$IFS;id', '%x(id)'];

/** Files of the shipped packages that mention something, without their tests. */
async function filesWith(pattern: RegExp): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of (await readdir(PACKAGES)).filter((entry) => entry !== 'testkit')) {
    for (const file of await readdir(join(PACKAGES, name, 'src'), { recursive: true })) {
      if (!/(?<!\.test)\.ts$/.test(file)) continue;
      if (pattern.test(await readFile(join(PACKAGES, name, 'src', file), 'utf8'))) found.push(`${name}/src/${file}`);
    }
  }
  return found;
}

/** What logging in with a Secret's data leads to: one that cannot be a login is refused before anything is asked. */
async function tried(server: { readonly url: string }, data: Readonly<Record<string, string>>): Promise<readonly unknown[] | undefined> {
  try {
    return await CLIENTS.git?.(server, httpAccessOf({ secret: { metadata: { name: 'login' }, data } }, new URL(server.url)));
  } catch (error) {
    return [error];
  }
}

describe('CVE-2021-41254: no value of a Secret ever reaches a shell', () => {
  test('because nothing starts a program but a kubeconfig of the operator’s own', async () => {
    expect(await filesWith(/child_process|node:cluster|process\.binding|process\.dlopen|\bexecve\b/)).toEqual([
      'kube/src/kubeconfig/plugin-process.ts',
    ]);
    // And that one has no shell in between.
    const plugin = await readFile(join(PACKAGES, 'kube/src/kubeconfig/plugin-process.ts'), 'utf8');
    expect(plugin).toMatch(/\b(spawn|execFile)\(/);
    expect(plugin).not.toMatch(/shell:|\bexec\(|execSync/);
  });

  test.each(EVIL)('%j as a user, a password, a token and an authority', async (value) => {
    const encoded = Buffer.from(value).toString('base64');
    await using server = await rawServer(sends('HTTP/1.1 401 X\r\ncontent-length: 0\r\n\r\n'));
    for (const data of [
      { username: encoded, password: encoded },
      { bearerToken: encoded },
      { username: encoded, password: encoded, 'ca.crt': encoded },
      { 'tls.crt': encoded, 'tls.key': encoded },
    ]) {
      expect(await tried(server, data)).toMatchObject([{ name: expect.stringMatching(/^(GitError|InvalidLogin)$/) }]);
    }
    expect(started.commands).toEqual([]);
  });
});

describe('CVE-2026-113708, CVE-2026-113709, CVE-2026-113672, CVE-2026-55797: nothing in a kustomization is fetched, and nothing started', () => {
  const kustomization = (text: string) => () =>
    build(memoryTree({ 'kustomization.yaml': text, 'a.yaml': 'apiVersion: v1\nkind: X\nmetadata: {name: a}\n' }), '');
  const REMOTE = [
    'https://example.dev/x?ref=--upload-pack=id',
    'https://example.dev/x.git//y?ref=v1',
    'git@example.dev:x/y',
    'ssh://example.dev/x',
    'ext::sh -c id',
    'file:///etc/passwd',
    'github.com/x/y',
    'git::https://example.dev/x',
    'socks5://x;id',
    'x?ref=--output=/tmp/x',
  ];

  test.each(REMOTE)('%s is a remote resource, and refused', (entry) => {
    for (const field of ['resources', 'bases']) expect(kustomization(`${field}: [${JSON.stringify(entry)}]\n`)).toThrow(/remote resource/);
    expect(started.commands).toEqual([]);
  });

  test.each(['-oProxyCommand=id', '--upload-pack=id', '$(id)', '|id', ...EVIL])('%j is the name of a file that is not there', (entry) => {
    expect(kustomization(`resources: [${JSON.stringify(entry)}]\n`)).toThrow(/there is no file or directory|is not a path/);
    expect(started.commands).toEqual([]);
  });

  const PROGRAM =
    'apiVersion: example.dev/v1\nkind: Evil\nmetadata:\n  name: x\n  annotations:\n    config.kubernetes.io/function: "exec: {path: /bin/id}"\n';
  test.each([
    ['helmCharts', [{ name: 'x', repo: 'https://example.dev' }], /inflates no Helm charts/],
    ['helmChartInflationGenerator', [{ chartName: 'x', helmBin: '/bin/id', helmHome: '/tmp/x' }], /inflates no Helm charts/],
    ['generators', [PROGRAM], /'example.dev\/v1' is not built in/],
    ['transformers', [PROGRAM], /'example.dev\/v1' is not built in/],
    ['validators', [PROGRAM], /'example.dev\/v1' is not built in/],
  ])('%s, which would start or read something, is refused', (field, value, message) => {
    expect(kustomization(`resources: [a.yaml]\n${field}: ${JSON.stringify(value)}\n`)).toThrow(message);
    expect(started.commands).toEqual([]);
  });
});

describe('CVE-2022-24877: no field of a kustomization names a file outside of the source', () => {
  const OUTSIDE = [
    '../../../etc/passwd',
    '/etc/passwd',
    'a/../../etc/passwd',
    '..',
    './../x',
    'file:///etc/passwd',
    '../app/../../x',
    'a\0/../../x',
  ];
  test.each(FILE_FIELDS)('%s', (_, render) => {
    for (const path of OUTSIDE) {
      const asked: string[] = [];
      const tree = memoryTree({
        'app/kustomization.yaml': render(JSON.stringify(path)),
        'app/a.yaml': 'apiVersion: v1\nkind: X\nmetadata: {name: a}\n',
      });
      const watched = {
        read: (file: string) => {
          asked.push(file);
          return tree.read(file);
        },
        list: tree.list,
      };
      expect(() => build(watched, 'app'), path).toThrow(
        /not in or below|absolute path|remote|not a path|ambiguous|cycle|no kustomization file|there is no file|no Helm charts/,
      );
      // Whatever is asked for after all, such as `etc/passwd` of the source, is asked of the source.
      expect(asked.filter((file) => file.startsWith('/') || file.split('/').includes('..') || /[\0:]/.test(file))).toEqual([]);
    }
  });
});
