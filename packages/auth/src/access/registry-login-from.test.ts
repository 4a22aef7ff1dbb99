import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { dockerSecretOf, secretOf } from '../../test/secrets.ts';
import { registryLoginFrom } from './registry-login-from.ts';

const as = (username: string) => ({ username, password: 'p' });

/** Who logs in, of entries whose user names are their registries. */
const who = (registries: readonly string[], repository: string): string => {
  const secret = dockerSecretOf(Object.fromEntries(registries.map((registry) => [registry, as(registry)])));
  const login = registryLoginFrom({ secret }, repository);
  return login.kind === 'basic' ? login.username : login.kind;
};

describe('an entry is for', () => {
  test.each([
    ['ghcr.io', 'ghcr.io/team/app'],
    ['https://ghcr.io', 'ghcr.io/team/app'],
    ['http://ghcr.io/', 'ghcr.io/team/app'],
    ['GHCR.io', 'ghcr.io/team/app'],
    ['ghcr.io:443', 'ghcr.io/team/app'],
    ['https://ghcr.io/v2/', 'ghcr.io/team/app'],
    ['ghcr.io/team', 'ghcr.io/team/app'],
    ['ghcr.io/team/app', 'ghcr.io/team/app'],
    ['registry.example.com:5000', 'registry.example.com:5000/app'],
    ['https://index.docker.io/v1/', 'docker.io/library/nginx'],
    ['https://index.docker.io/v1/', 'index.docker.io/library/nginx'],
    ['docker.io', 'registry-1.docker.io/library/nginx'],
    ['*.azurecr.io', 'team.azurecr.io/app'],
    ['*.dkr.ecr.*.amazonaws.com', '123.dkr.ecr.eu-west-1.amazonaws.com/app'],
    ['pre*fix.example.com', 'pre-and-fix.example.com/app'],
    ['v?.example.com', 'v2.example.com/app'],
  ])('%s: %s', (registry, repository) => {
    expect(who([registry], repository)).toBe(registry);
  });

  test.each([
    ['ghcr.io', 'ghcr.io.evil.com/team/app'],
    ['ghcr.io', 'ghcr.io@evil.com/team/app'],
    ['ghcr.io', 'evil.com/ghcr.io'],
    ['ghcr.io', 'xghcr.io/app'],
    ['ghcr.io', 'ghcr.io:8443/app'],
    ['ghcr.io:8443', 'ghcr.io/app'],
    ['https://ghcr.io@evil.com', 'evil.com/app'],
    ['https://ghcr.io@evil.com', 'ghcr.io/app'],
    ['*.io', 'team.ghcr.io/app'],
    ['*', 'ghcr.io/app'],
    ['ghcr.io/team', 'ghcr.io/teammate/app'],
    ['ghcr.io/team', 'ghcr.io/app'],
    ['ghcr.io', '*/app'],
    ['', 'ghcr.io/app'],
    ['ghcr.io', ''],
    ['https://index.docker.io/v1/', 'docker.io.evil.com/app'],
    ['*.azurecr.io', 'azurecr.io/app'],
  ])('nothing else: %s is not for %s', (registry, repository) => {
    expect(who([registry], repository)).toBe('anonymous');
  });

  test('a pattern full of stars in no time', () => {
    const spentMs = startCpuTime();

    who([`${'*a'.repeat(120)}`], `${'a'.repeat(250)}/app`);

    expect(spentMs()).toBeLessThan(500);
  });
});

describe('of several entries', () => {
  test('the one with the longest path wins, then the one without wildcards, then the first', () => {
    const entries = ['*.io', 'ghcr.io', '*.io/team', 'ghcr.io/team/app', 'ghcr.io/other'];

    expect(who(entries, 'ghcr.io/team/app')).toBe('ghcr.io/team/app');
    expect(who(entries, 'ghcr.io/team/web')).toBe('*.io/team');
    expect(who(entries, 'ghcr.io/x')).toBe('ghcr.io');
    expect(who(entries, 'quay.io/x')).toBe('*.io');
    expect(who(['https://ghcr.io', 'ghcr.io'], 'ghcr.io/x')).toBe('https://ghcr.io');
  });

  test("in several Secrets, the object's own come first, and those of the ServiceAccount that are for no registry do not count", () => {
    const secret = dockerSecretOf({ 'ghcr.io': as('own') });
    const pullSecrets = [secretOf({ username: 'u', password: 'p' }), dockerSecretOf({ 'ghcr.io': as('pull'), 'quay.io': as('quay') })];

    expect(registryLoginFrom({ secret, pullSecrets }, 'ghcr.io/x')).toMatchObject({ username: 'own' });
    expect(registryLoginFrom({ secret, pullSecrets }, 'quay.io/x')).toMatchObject({ username: 'quay' });
    expect(registryLoginFrom({ pullSecrets: pullSecrets.slice(0, 1) }, 'ghcr.io/x')).toEqual({ kind: 'anonymous' });
  });
});

describe('a login', () => {
  const login = (entry: unknown) => registryLoginFrom({ secret: dockerSecretOf({ 'ghcr.io': entry }) }, 'ghcr.io/team/app');
  const origin = 'https://ghcr.io';
  const auth = Buffer.from('me:p:w\0\0').toString('base64');

  test('is a user name and a password, which may be in one', () => {
    expect(login({ username: 'u', password: 'p' })).toEqual({ kind: 'basic', origin, username: 'u', password: 'p' });
    expect(login({ auth, username: 'u', password: 'p' })).toEqual({ kind: 'basic', origin, username: 'me', password: 'p:w' });
  });

  test('may be a token, for the registry or to be exchanged for one', () => {
    expect(login({ identitytoken: 't', auth })).toEqual({ kind: 'identity', origin, token: 't' });
    expect(login({ registrytoken: 't', identitytoken: 'i' })).toEqual({ kind: 'bearer', origin, token: 't' });
  });

  test('is found in the format of old as well', () => {
    const secret = secretOf({ '.dockercfg': JSON.stringify({ 'ghcr.io': as('u') }) }, { type: 'kubernetes.io/dockercfg' });

    expect(registryLoginFrom({ secret }, 'ghcr.io/x')).toMatchObject({ username: 'u' });
  });

  test('of a Secret with a user name and a password is for the registry of the object', () => {
    expect(registryLoginFrom({ secret: secretOf(as('u')) }, 'registry.example.com:5000/x')).toEqual({
      kind: 'basic',
      origin: 'https://registry.example.com:5000',
      ...as('u'),
    });
  });

  test.each([
    [dockerSecretOf({ 'ghcr.io': {} }), "has no login for 'ghcr.io'"],
    [dockerSecretOf({ 'ghcr.io': null }), "has no login for 'ghcr.io'"],
    [dockerSecretOf({ 'ghcr.io': { auth: 'CANARY' } }), "has no login for 'ghcr.io'"],
    [dockerSecretOf({ 'ghcr.io': { username: ['CANARY'], password: 1 } }), "has no login for 'ghcr.io'"],
    [secretOf({ '.dockerconfigjson': '{"auths": CANARY' }, { name: 'pull' }), "has no Docker configuration in '.dockerconfigjson'"],
    [secretOf({ '.dockerconfigjson': '{"auths":["CANARY"]}' }, { name: 'pull' }), "has no Docker configuration in '.dockerconfigjson'"],
    [secretOf({ '.dockerconfigjson': 'null' }, { name: 'pull' }), "has no Docker configuration in '.dockerconfigjson'"],
    [secretOf({}, { name: 'pull', type: 'kubernetes.io/dockerconfigjson' }), "has no '.dockerconfigjson'"],
    [secretOf({ username: 'CANARY' }, { name: 'pull' }), "is neither a Docker configuration nor has it both 'username' and 'password'"],
  ])('that makes no sense is refused with advice (%#)', (secret, message) => {
    expect(() => registryLoginFrom({ secret }, 'ghcr.io/x')).toThrow(`Secret 'pull' ${message}`);
    expect(() => registryLoginFrom({ secret }, 'ghcr.io/x')).not.toThrow('CANARY');
  });

  test('of another registry may make no sense', () => {
    expect(who(['ghcr.io'], 'ghcr.io/x')).toBe('ghcr.io');
    expect(
      registryLoginFrom({ secret: dockerSecretOf({ 'quay.io': 'x', __proto__: as('p'), constructor: as('c') }) }, 'ghcr.io/x'),
    ).toEqual({
      kind: 'anonymous',
    });
  });
});

test('a login padded with any number of zero bytes takes time by their number', () => {
  const auth = Buffer.from(`user:${'\0'.repeat(200_000)}word`).toString('base64');
  const spentMs = startCpuTime();

  expect(registryLoginFrom({ secret: dockerSecretOf({ 'ghcr.io': { auth } }) }, 'ghcr.io/app')).toMatchObject({ username: 'user' });

  expect(spentMs()).toBeLessThan(4_000);
});
