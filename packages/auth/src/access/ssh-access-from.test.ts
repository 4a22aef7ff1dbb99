import { expect, test } from 'vitest';
import { secretOf } from '../../test/secrets.ts';
import { sshAccessFrom } from './ssh-access-from.ts';

const url = new URL('ssh://git.example.com/team/app');
const full = { identity: 'KEY\n', 'identity.pub': 'ssh-ed25519 AAAA', known_hosts: 'git.example.com ssh-ed25519 AAAA', password: 'phrase' };

test('a key, its passphrase and what the server may show', () => {
  expect(sshAccessFrom(secretOf(full), url)).toEqual({
    username: 'git',
    identity: 'KEY\n',
    publicKey: 'ssh-ed25519 AAAA',
    knownHosts: 'git.example.com ssh-ed25519 AAAA',
    passphrase: 'phrase',
  });
});

test('the user name is what the URL says', () => {
  expect(sshAccessFrom(secretOf({ identity: 'k', known_hosts: 'h' }), new URL('ssh://some%20one@host/x'))).toEqual({
    username: 'some one',
    identity: 'k',
    knownHosts: 'h',
  });
});

test('a percent sign in the user name that encodes nothing is part of it', () => {
  const access = sshAccessFrom(secretOf({ identity: 'k', known_hosts: 'h' }), new URL('ssh://100%@host/x'));

  expect(access.username).toBe('100%');
});

test.each([
  [{ known_hosts: 'h' }, "has no 'identity'"],
  [{ identity: ' \n', known_hosts: 'h' }, "has no 'identity'"],
  [{ identity: 'CANARY' }, "has no 'known_hosts'"],
  [{ identity: 'CANARY', known_hosts: '' }, "has no 'known_hosts'"],
])('%j is refused with advice', (data, message) => {
  expect(() => sshAccessFrom(secretOf(data as Record<string, string>), url)).toThrow(`Secret 'login' ${message}`);
});
