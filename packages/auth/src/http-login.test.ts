import { expect, test } from 'vitest';
import { authorizationFor } from './http-login.ts';

test('credentials go to the origin they were given for, and to no other host, port or scheme', () => {
  const login = { kind: 'basic', origin: 'https://git.example.com', username: 'u', password: 'p' } as const;

  expect(authorizationFor(login, new URL('https://git.example.com/other'))).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);
  for (const other of [
    'https://evil.example.com/',
    'https://git.example.com:8443/',
    'http://git.example.com/',
    'https://git.example.com.evil.com/',
    'https://git.example.com@evil.com/',
  ]) {
    expect(authorizationFor(login, new URL(other))).toBeUndefined();
  }
});
