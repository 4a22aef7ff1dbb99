import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { afterAll, describe, expect, test } from 'vitest';
import { sharesLogin, submoduleUrl } from './submodule-url.ts';

const directory = mkdtempSync(join(tmpdir(), 'gotk-submodule-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** What `git submodule init` makes of an address. */
function byGit(written: string, superproject: string): string {
  const work = mkdtempSync(join(directory, 'work-'));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
      cwd: work,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString();
  git('init', '-q');
  git('remote', 'add', 'origin', superproject);
  git('config', '-f', '.gitmodules', 'submodule.m.path', 'm');
  git('config', '-f', '.gitmodules', 'submodule.m.url', written);
  git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},m`);
  git('add', '.gitmodules');
  git('submodule', 'init');
  return git('config', 'submodule.m.url').trim();
}

describe('the address of a submodule', () => {
  test.each([
    ['../other.git', 'https://host/org/repo.git'],
    ['../other.git', 'https://host/org/repo.git/'],
    ['./inner.git', 'https://host/org/repo.git'],
    ['../../elsewhere/x', 'https://host:8443/org/repo'],
    ['../a/./b', 'ssh://git@host:2222/org/repo.git'],
    ['https://other.example/x.git', 'https://host/org/repo.git'],
    ['ssh://git@other.example/x.git', 'https://host/org/repo.git'],
  ])('%j below %s is what Git makes of it', (written, superproject) => {
    // Git leaves a dot within the rest as it is.
    expect(submoduleUrl(written, new URL(superproject)).href).toBe(new URL(byGit(written, superproject)).href);
  });

  test('may be written as people write it for ssh', () => {
    expect(submoduleUrl('git@host:org/x.git', new URL('https://h/r')).href).toBe('ssh://git@host/org/x.git');
    expect(submoduleUrl('host:x', new URL('https://h/r')).href).toBe('ssh://host/x');
  });

  test.each([
    ...[
      'ext::sh -c touch% /tmp/x',
      'file:///etc',
      '/srv/git/x',
      '--upload-pack=touch /tmp/x',
      '-u./x',
      'ssh://-oProxyCommand=x/y',
      'ssh://-x@host/y',
    ],
    ...[
      'fd::17',
      'git://host/x',
      'http://',
      '',
      ' https://host/x',
      'https://host/x\nhost=evil',
      'https://host/a%0ab c',
      'https://u:secret@host/x',
      'git://host/x?token=secret',
      'https://host/x#secret y',
    ],
    ...['../..', '../../../x', '../../..', '..\\x', 'C:\\x', '-oProxyCommand=x:y', '-x@host:y'],
  ])('%j is refused, and shows no secret', (written) => {
    expect(() => submoduleUrl(written, new URL('https://host/org/repo.git'))).toThrow(
      expect.objectContaining({ name: 'GitError', kind: 'hostile-content', message: expect.not.stringContaining('secret') }),
    );
  });

  test.each(['..//evil.example/x', '../../evil.example/x', './/evil.example', '../%2e%2e/%2e%2e/x', '../@evil.example/x', '../org:80/x'])(
    '%j stays on the host of the superproject',
    (written) => {
      expect(submoduleUrl(written, new URL('https://host:8443/a/b/c/repo.git')).host).toBe('host:8443');
    },
  );
});

test('a login is for its own origin: protocol, host and port', () => {
  const url = new URL('https://host/a');

  expect(sharesLogin(url, new URL('https://host:443/b'))).toBe(true);
  for (const other of ['http://host/b', 'https://host:8443/b', 'https://evil.host/b', 'ssh://host/b'])
    expect(sharesLogin(url, new URL(other))).toBe(false);
  expect(sharesLogin(new URL('ssh://git@host/a'), new URL('ssh://host/b'))).toBe(true);
});

test('an address of nothing but slashes takes time by its length', () => {
  const superproject = new URL(`https://host/${'/'.repeat(200_000)}repo.git`);
  const spentMs = startCpuTime();

  expect(submoduleUrl('../other.git', superproject).pathname.endsWith('/other.git')).toBe(true);

  expect(spentMs()).toBeLessThan(4_000);
});
