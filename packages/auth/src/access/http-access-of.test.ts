import { describe, expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import { secretOf } from '../../test/secrets.ts';
import { type AccessRules, httpAccessOf } from './http-access-of.ts';

const url = new URL('https://charts.example.com/stable');
const { origin } = url;
const { cert, key } = certificates.client;

const access = (data: Record<string, string>, rules?: AccessRules) => httpAccessOf({ secret: secretOf(data) }, url, rules);

describe('the login', () => {
  test('without a Secret is anonymous', () => {
    expect(httpAccessOf({}, url)).toEqual({ login: { kind: 'anonymous' } });
  });

  test('is a user name and a password, also empty ones', () => {
    expect(access({ username: 'u', password: 'p\n' }).login).toEqual({ kind: 'basic', origin, username: 'u', password: 'p\n' });
    expect(access({ username: 'token', password: '' }).login).toMatchObject({ username: 'token', password: '' });
  });

  test('is a bearer token rather than a password, without the line break at its end', () => {
    expect(access({ username: 'u', password: 'p', bearerToken: 't\n' }).login).toEqual({ kind: 'bearer', origin, token: 't' });
  });

  test('needs no password where the user name is a token', () => {
    expect(access({ username: 'token' }, { passwordless: true }).login).toEqual({ kind: 'basic', origin, username: 'token', password: '' });
  });

  test.each([
    [{ username: 'CANARY' }, "has 'username' but no 'password'"],
    [{ password: 'CANARY' }, "has 'password' but no 'username'"],
    [{}, "has neither 'username' and 'password' nor 'bearerToken'"],
    [{ bearerToken: '', other: 'CANARY' }, "has neither 'username' and 'password' nor 'bearerToken'"],
    [{ bearerToken: 'CANARY\r\nX-Header: 1' }, "has a 'bearerToken' with characters that no token has"],
    [{ identity: 'CANARY', known_hosts: 'x' }, 'holds a key for SSH, and no login for HTTP'],
    [{ githubAppID: '1', githubAppPrivateKey: 'CANARY' }, 'holds the login of a GitHub App'],
  ])('in %j is refused with advice', (data, message) => {
    expect(() => access(data as Record<string, string>)).toThrow(`Secret 'login' ${message}`);
    expect(() => access(data as Record<string, string>)).not.toThrow('CANARY');
  });

  test('is refused for a Secret without data', () => {
    expect(() => httpAccessOf({ secret: { data: null } }, url)).toThrow("the Secret has neither 'username'");
  });
});

describe('TLS', () => {
  const modern = { 'ca.crt': certificates.ca, 'tls.crt': cert, 'tls.key': key };
  const old = { caFile: certificates.ca, certFile: cert, keyFile: key };

  test.each([
    ['today', modern],
    ['of old', old],
  ])('is what the keys of %s say, for the origin alone', (_, data) => {
    expect(access(data)).toEqual({
      login: { kind: 'anonymous' },
      ca: certificates.ca.trimEnd().concat('\n'),
      clientCertificate: { cert, key, origin },
    });
  });

  test('goes along with a login', () => {
    expect(access({ ...modern, username: 'u', password: 'p' })).toMatchObject({ login: { kind: 'basic' }, clientCertificate: { cert } });
  });

  test('is what the keys of today say, when both are there', () => {
    expect(access({ caFile: 'garbage', 'ca.crt': certificates.ca })).toMatchObject({ ca: certificates.ca });
  });

  test("is what the certificate's Secret says, and nothing of the login's", () => {
    const secret = secretOf({ username: 'u', password: 'p', ...modern });
    const certSecret = secretOf({ 'ca.crt': certificates.ca }, { name: 'tls' });

    expect(httpAccessOf({ secret, certSecret }, url)).toEqual({
      login: { kind: 'basic', origin, username: 'u', password: 'p' },
      ca: certificates.ca,
    });
  });

  test('trusts what a bundle holds besides comments, and nothing that is no certificate', () => {
    const bundle = `# Root\n${certificates.ca}-----BEGIN CERTIFICATE-----\nCANARY\n-----END CERTIFICATE-----\n${key}`;

    expect(access({ 'ca.crt': bundle }).ca).toBe(certificates.ca);
  });

  test.each([
    [{ 'tls.crt': cert }, "has 'tls.crt' but no 'tls.key'"],
    [{ 'tls.key': key, 'tls.crt': '' }, "has 'tls.key' but no 'tls.crt'"],
    [{ 'tls.crt': cert, 'tls.key': certificates.server.key }, "has a 'tls.key' that does not belong to its 'tls.crt'"],
    [{ 'tls.crt': 'CANARY', 'tls.key': key }, "has no certificate in PEM in 'tls.crt'"],
    [{ 'tls.crt': cert, 'tls.key': 'CANARY' }, "has no private key in PEM without a passphrase in 'tls.key'"],
    [{ 'ca.crt': 'CANARY' }, "has no certificate in PEM in 'ca.crt'"],
    [{ username: 'u', password: 'p' }, "has neither 'ca.crt' nor 'tls.crt' and 'tls.key'"],
  ])('of a certificate Secret that makes no sense is refused with advice (%#)', (data, message) => {
    const certSecret = secretOf(data as Record<string, string>, { name: 'tls' });

    expect(() => httpAccessOf({ certSecret }, url)).toThrow(`Secret 'tls' ${message}`);
  });
});

describe('a proxy', () => {
  const proxy = (data: Record<string, string>) => httpAccessOf({ proxySecret: secretOf(data, { name: 'proxy' }) }, url).proxy;

  test.each(['http://proxy:3128', 'https://proxy.example.com', 'socks5://10.0.0.1:1080', 'http://[2001:db8::1]:8080'])(
    'is at %s',
    (address) => {
      const found = proxy({ address: `${address}\n` });

      expect(found?.address.href.replace(/\/$/, '')).toBe(address);
      expect(found?.login).toBeUndefined();
    },
  );

  test('has the login of the Secret, or of its address', () => {
    expect(proxy({ address: 'http://proxy', username: 'u', password: 'p' })?.login).toEqual({ username: 'u', password: 'p' });
    expect(proxy({ address: 'http://proxy', username: 'u' })?.login).toEqual({ username: 'u', password: '' });
    expect(proxy({ address: 'socks5://a%40b:p%2Fq@proxy' })).toEqual({
      address: new URL('socks5://proxy'),
      login: { username: 'a@b', password: 'p/q' },
    });
    expect(proxy({ address: 'http://x:y@proxy', username: 'u', password: 'p' })?.login).toEqual({ username: 'u', password: 'p' });
  });

  test.each([
    [{}, "has no 'address'"],
    [{ address: ' ' }, "has no 'address'"],
    [{ address: 'proxy:3128' }, "has no URL in 'address'"],
    [{ address: 'http://' }, "has no URL in 'address'"],
    [{ address: `http://${'x'.repeat(3_000)}` }, "has no URL in 'address'"],
    [{ address: 'socks5://x;id' }, "has no URL in 'address'"],
    [{ address: 'socks5://$(id):1080' }, "has no URL in 'address'"],
    [{ address: 'socks4://user:CANARY@proxy' }, "has an 'address' that is neither http://, https:// nor socks5://"],
    [{ address: 'file://host/etc/passwd' }, "has an 'address' that is neither"],
    [{ address: 'http://proxy', password: 'CANARY' }, "has a 'password' but no 'username'"],
  ])('in %j is refused with advice', (data, message) => {
    expect(() => proxy(data as Record<string, string>)).toThrow(`Secret 'proxy' ${message}`);
    expect(() => proxy(data as Record<string, string>)).not.toThrow('CANARY');
  });
});
