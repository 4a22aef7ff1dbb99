import { describe, expect, test } from 'vitest';
import { environmentProxy } from './environment-proxy.ts';

const BOTH = { HTTP_PROXY: 'http://plain:3128', HTTPS_PROXY: 'http://user:p%40ss@secure:3128' };
const hostFor = (url: string, variables: Record<string, string>) => environmentProxy(new URL(url), variables)?.address.host;

describe("the environment's proxy", () => {
  test('is one for http, and one for https', () => {
    expect(hostFor('http://example.com/', BOTH)).toBe('plain:3128');
    expect(environmentProxy(new URL('https://example.com/'), BOTH)).toEqual({
      address: new URL('http://secure:3128'),
      login: { username: 'user', password: 'p@ss' },
    });
    expect(hostFor('https://example.com/', { HTTP_PROXY: 'http://plain:3128' })).toBeUndefined();
  });

  test('may be in small letters, and without a scheme', () => {
    expect(hostFor('https://example.com/', { https_proxy: 'proxy:3128' })).toBe('proxy:3128');
  });

  test.each(['http://localhost/', 'https://127.0.0.1/', 'http://[::1]:8080/'])('is not asked for %s', (url) => {
    expect(hostFor(url, BOTH)).toBeUndefined();
  });

  test.each([
    ['*', 'https://example.com/'],
    ['example.com', 'https://example.com/'],
    ['example.com', 'https://git.example.com/'],
    ['.example.com', 'https://git.example.com/'],
    ['*.example.com', 'https://git.example.com/'],
    ['EXAMPLE.com', 'https://example.com/'],
    ['other, example.com', 'https://example.com/'],
    ['example.com:443', 'https://example.com/'],
    ['10.0.0.0/8', 'http://10.1.2.3/'],
    ['10.1.2.3', 'http://10.1.2.3:8080/'],
    ['fd00::/8', 'http://[fd00::1]/'],
    ['fd00::1', 'http://[fd00::1]/'],
    ['[fd00::1]:8080', 'http://[fd00::1]:8080/'],
    ['.svc,.cluster.local', 'http://source-controller.flux-system.svc.cluster.local/'],
  ])('with the exceptions "%s" is not asked for %s', (NO_PROXY, url) => {
    expect(hostFor(url, { ...BOTH, NO_PROXY })).toBeUndefined();
  });

  test.each([
    ['.example.com', 'https://example.com/'],
    ['example.com', 'https://example.com.evil.com/'],
    ['example.com', 'https://myexample.com/'],
    ['example.com:8443', 'https://example.com/'],
    ['10.0.0.0/8', 'http://11.1.2.3/'],
    ['10.0.0.0/99', 'http://10.1.2.3/'],
    ['10.0.0.0/8', 'http://ten.example.com/'],
    ['', 'https://example.com/'],
  ])('with the exceptions "%s" is asked for %s', (NO_PROXY, url) => {
    expect(hostFor(url, { ...BOTH, NO_PROXY })).toBeDefined();
  });

  test('that is no address is refused without its password', () => {
    expect(() => environmentProxy(new URL('https://example.com'), { HTTPS_PROXY: 'http://u:CANARY@' })).toThrow(
      /^HTTP_PROXY or HTTPS_PROXY of the environment is no address of a proxy$/,
    );
  });
});
