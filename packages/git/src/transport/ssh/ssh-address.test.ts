import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { sshAddressOf, uploadPackCommand, urlForScpAddress } from './ssh-address.ts';

const addressOf = (text: string) => sshAddressOf(new URL(text));

describe('an address', () => {
  test.each([
    ['ssh://git@example.com/team/app.git', { host: 'example.com', port: 22, path: '/team/app.git' }],
    ['ssh://git@Example.COM:2222/app', { host: 'example.com', port: 2222, path: '/app' }],
    ['ssh://[::1]:22/app', { host: '::1', port: 22, path: '/app' }],
    ['ssh://example.com/~user/app', { host: 'example.com', port: 22, path: '~user/app' }],
    ['ssh://example.com/a%20b', { host: 'example.com', port: 22, path: '/a b' }],
    ['ssh://example.com/%7Euser', { host: 'example.com', port: 22, path: '~user' }],
    ['ssh://example.com/a?b#c', { host: 'example.com', port: 22, path: '/a?b#c' }],
    ['ssh://example.com/../../x', { host: 'example.com', port: 22, path: '/x' }],
    ['ssh://example.com/gr%C3%B6%C3%9Fe', { host: 'example.com', port: 22, path: '/größe' }],
  ])('%s leads to its host and path', (text, address) => {
    expect(addressOf(text)).toEqual(address);
  });

  test.each([
    ['ssh://example.com', 'it names no repository'],
    ['ssh://example.com/', 'it names no repository'],
    ['ssh://example.com/%2F', 'it names no repository'],
    ['ssh://-oProxyCommand=id/x', 'its host is no name'],
    ['ssh://%2DoProxyCommand/x', 'its host is no name'],
    ['ssh://a;id/x', 'its host is no name'],
    ['ssh:///x', 'its host is no name'],
    ['ssh://example.com/a%0Ab', 'it has control characters'],
    ['ssh://example.com/a%00b', 'it has control characters'],
    ['ssh://example.com/a%1b[2J', 'it has control characters'],
    ['ssh://example.com/a%', 'a percent sign that stands for nothing'],
    ['ssh://example.com/a%FF', 'a percent sign that stands for nothing'],
  ])('%s is refused', (text, message) => {
    expect(() => addressOf(text)).toThrow(
      `the address of the repository is not valid: ${message.startsWith('a ') ? 'it has ' : ''}${message}`,
    );
  });
});

describe('CVE-2025-21613, CVE-2026-45570: a path is one argument', () => {
  test.each([
    "/'; id #",
    "/it's an app!",
    '/$(id)`id`"\\',
    '/-oProxyCommand=id',
    '/--upload-pack=touch x',
    "/''''",
    '/a\\',
    '/*?[a]{b,c}~',
    '/größe',
  ])('%j, for a real shell', async (path) => {
    const command = uploadPackCommand({ path });
    // The program is what the argument is given to: nothing else may run.
    const { stdout } = await promisify(execFile)('sh', ['-c', command.replace('git-upload-pack', "printf '<%s>'")]);

    expect(stdout).toBe(`<${path}>`);
    expect(command.startsWith("git-upload-pack '")).toBe(true);
  });
});

describe('an address in the form of scp', () => {
  test.each([
    ['git@github.com:team/app.git', 'ssh://git@github.com/team/app.git'],
    ['github.com:team/app', 'ssh://github.com/team/app'],
    ['git@example.com:/srv/app', 'ssh://git@example.com/srv/app'],
    ['git@example.com:~user/app', 'ssh://git@example.com/~user/app'],
    ['git@[::1]:app', 'ssh://git@[::1]/app'],
  ])('%s is %s', (text, url) => {
    expect(urlForScpAddress(text)).toBe(url);
  });

  test.each(['ssh://git@example.com/app', 'https://example.com/app', '/srv/app', '', 'app', 'a b:c', 'git@host:'])('%j is none', (text) => {
    expect(urlForScpAddress(text)).toBeUndefined();
  });
});
