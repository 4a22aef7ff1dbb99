import { expect, test } from 'vitest';
import { sshFlags } from './ssh-flags.ts';

test('algorithms are given in the order of preference', () => {
  const flag = sshFlags['ssh-kex-algos'];
  const first = flag.parse('ecdh-sha2-nistp256,curve25519-sha256', flag.fallback);
  expect(flag.parse('diffie-hellman-group14-sha1', first)).toEqual([
    'ecdh-sha2-nistp256',
    'curve25519-sha256',
    'diffie-hellman-group14-sha1',
  ]);
});

test.each(['ssh-kex-algos', 'ssh-hostkey-algos'] as const)('--%s names an unknown one when the controller starts', (name) => {
  expect(() => sshFlags[name].parse('rot13', [])).toThrow("'rot13'");
});
