import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { offeredAlgorithms, SUPPORTED } from './algorithms.ts';

test('what we offer, the SSH library can do', () => {
  const library = createRequire(createRequire(import.meta.url).resolve('ssh2'))('./protocol/constants.js') as Record<
    string,
    readonly string[]
  >;

  expect(library.SUPPORTED_KEX).toEqual(expect.arrayContaining([...SUPPORTED.keyExchange]));
  expect(library.SUPPORTED_SERVER_HOST_KEY).toEqual(expect.arrayContaining([...SUPPORTED.hostKey]));
  expect(SUPPORTED.keyExchange).toHaveLength(library.SUPPORTED_KEX?.length ?? 0);
});

describe('algorithms', () => {
  test('have no SHA-1 in the key exchange unless it is asked for', () => {
    expect(offeredAlgorithms({}).keyExchange.filter((name) => name.endsWith('sha1'))).toEqual([]);
    expect(offeredAlgorithms({ keyExchange: ['diffie-hellman-group14-sha1'] }).keyExchange).toEqual(['diffie-hellman-group14-sha1']);
  });

  test('are offered in the order that was asked for', () => {
    const hostKey = ['rsa-sha2-256', 'ssh-ed25519'];

    expect(offeredAlgorithms({ hostKey }).hostKey).toEqual(hostKey);
    expect(offeredAlgorithms({ hostKey: [] }).hostKey).toEqual(SUPPORTED.hostKey);
  });

  test.each([
    [['ssh-rsa'], ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa', 'ssh-ed25519']],
    [['ecdsa-sha2-nistp384'], ['ecdsa-sha2-nistp384', 'ssh-ed25519']],
    [
      ['ecdsa-sha2-nistp256', 'ssh-ed25519'],
      ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384'],
    ],
    [['ssh-dss'], ['ssh-ed25519']],
  ])('of keys that are known come first: %j', (known, first) => {
    expect(offeredAlgorithms({}, known).hostKey.slice(0, first.length)).toEqual(first);
    expect(offeredAlgorithms({}, known).hostKey).toHaveLength(SUPPORTED.hostKey.length);
  });

  test('that nobody knows are refused with those that there are', () => {
    expect(() => offeredAlgorithms({ keyExchange: ['curve25519-sha256', 'mlkem'] })).toThrow(
      /^unknown SSH key exchange algorithm 'mlkem': there are curve25519-sha256, /,
    );
    expect(() => offeredAlgorithms({ hostKey: ['ssh-dss'] })).toThrow(/^unknown SSH host key algorithm 'ssh-dss': there are ssh-ed25519, /);
  });
});
