import { describe, expect, test } from 'vitest';
import { authorizationFor, httpAccessFrom, InvalidLogin } from './http-login.ts';

const secret = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
const url = new URL('https://git.example.com/team/app.git');

describe('credentials', () => {
  test('go to the origin they were given for, and to no other host, port or scheme', () => {
    const { login } = httpAccessFrom(secret({ username: 'u', password: 'p' }), url);

    expect(authorizationFor(login, new URL('https://git.example.com/other'))).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);
    for (const other of [
      'https://evil.example.com/',
      'https://git.example.com:8443/',
      'http://git.example.com/',
      'https://git.example.com.evil.com/',
    ]) {
      expect(authorizationFor(login, new URL(other))).toBeUndefined();
    }
  });

  test('a bearer token wins over a password', () => {
    expect(httpAccessFrom(secret({ username: 'u', password: 'p', bearerToken: 't' }), url).login).toEqual({
      kind: 'bearer',
      origin: url.origin,
      token: 't',
    });
  });

  test('a CA bundle alone means anonymous access', () => {
    expect(httpAccessFrom(secret({ 'ca.crt': 'PEM' }), url)).toEqual({ login: { kind: 'anonymous' }, ca: 'PEM' });
  });

  test.each([{ username: 'u' }, { password: 'p' }, {}, { identity: 'key' }, { 'tls.crt': 'x', 'tls.key': 'y' }])(
    'a Secret with %j is refused',
    (data) => {
      expect(() => httpAccessFrom(secret(data as Record<string, string>), url)).toThrow(InvalidLogin);
    },
  );
});
