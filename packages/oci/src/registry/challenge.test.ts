import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { parseChallenge } from './challenge.ts';
import { parseToken } from './token.ts';

describe('a challenge', () => {
  test.each([
    ['Bearer realm="https://a/token",service="s",scope="repository:x:pull"', { scheme: 'bearer', realm: 'https://a/token', service: 's' }],
    ['bearer  realm = "https://a/token" , service=s', { scheme: 'bearer', realm: 'https://a/token', service: 's' }],
    ['Bearer realm="https://europe-docker.pkg.dev/v2/token"', { scheme: 'bearer', realm: 'https://europe-docker.pkg.dev/v2/token' }],
    ['Basic realm="a", Bearer realm="https://a/token"', { scheme: 'bearer', realm: 'https://a/token' }],
    ['Basic realm="a, Bearer realm=\\"b\\""', { scheme: 'basic' }],
    ['Bearer, Basic realm="a"', { scheme: 'basic' }],
    ['BASIC', { scheme: 'basic' }],
    ['Negotiate', undefined],
    ['', undefined],
    [undefined, undefined],
    ['=="', undefined],
  ])('%s is read', (header, challenge) => {
    expect(parseChallenge(header)).toEqual(challenge);
  });

  test('costs little, however hostile', () => {
    const spentMs = startCpuTime();
    for (const header of [
      `Bearer realm="${'\\"'.repeat(4_000)}`,
      'a='.repeat(4_000),
      ',\t'.repeat(4_000),
      `Bearer realm="${'x'.repeat(1_000_000)}"`,
    ])
      expect(parseChallenge(header)).toBeUndefined();
    expect(spentMs()).toBeLessThan(500);
  });
});

describe('the answer of a token server', () => {
  test.each([
    ['{"token":"a"}', { token: 'a', expiresInMs: 60_000 }],
    ['{"access_token":"a","expires_in":300}', { token: 'a', expiresInMs: 300_000 }],
    ['{"token":"a","access_token":"b","expires_in":1e9}', { token: 'b', expiresInMs: 3_600_000 }],
    ['{"token":"a","access_token":"","expires_in":-5}', { token: 'a', expiresInMs: 60_000 }],
    ['{"token":"a","expires_in":"300"}', { token: 'a', expiresInMs: 60_000 }],
  ])('%s is a token', (text, token) => {
    expect(parseToken(text)).toEqual(token);
  });

  test.each(['{}', '[]', 'null', '{"token":{}}', 'CANARY', '{"token":"a\\r\\nx-evil: CANARY"}', '{"token":"CANARY\u00e9"}'])(
    '%s is none, and is not repeated',
    (text) => {
      expect(() => parseToken(text)).toThrow(expect.objectContaining({ kind: 'protocol', message: expect.not.stringContaining('CANARY') }));
    },
  );
});
