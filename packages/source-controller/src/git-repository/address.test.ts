import { describe, expect, test } from 'vitest';
import { addressOf, addressProblem } from './address.ts';

test.each([
  ['https://git.example.com/team/app.git', 'https://git.example.com/team/app.git'],
  ['http://127.0.0.1:8080/app', 'http://127.0.0.1:8080/app'],
  ['https://organisation@dev.azure.com/organisation/app', 'https://dev.azure.com/organisation/app'],
  ['ssh://git@git.example.com:2222/team/app.git', 'ssh://git@git.example.com:2222/team/app.git'],
  ['ssh://git.example.com/~me/app.git', 'ssh://git.example.com/~me/app.git'],
])('%s leads to %s', (text, expected) => {
  expect(addressOf(text).href).toBe(expected);
});

describe('what can be no address of a repository stalls, and says why', () => {
  const slash = "it begins with 'ssh://' and has a slash behind the host, as in 'git.example.com/team/app.git'";
  test.each([
    ['git@git.example.com:team/app.git', slash],
    ['ssh://git@git.example.com:team/app.git', slash],
    ['git.example.com:team/app.git', slash],
    ['file:///etc', 'no http, https or ssh URL'],
    ['ext::sh -c id', 'no http, https or ssh URL'],
    ['https://', 'no http, https or ssh URL'],
    ['ssh://git@git.example.com/', 'it names no repository'],
    ['ssh://git@git.example.com/a%0ab', 'control characters'],
    ['https://user:CANARY@git.example.com/app.git', 'put it into the Secret'],
    ['ssh://git:CANARY@git.example.com/app.git', 'put it into the Secret'],
  ])('%j', (url, message) => {
    const stalled = addressProblem({ url });
    expect(stalled).toMatchObject({ reason: 'URLInvalid', message: expect.stringContaining(message) });
    expect(stalled?.change.conditions).toEqual([{ type: 'FetchFailed', status: 'True', reason: 'URLInvalid', message: stalled?.message }]);
    expect(stalled?.message).not.toContain('CANARY');
  });
});

test.each([[undefined], [{}], [{ url: ['x'] }], [{ url: 'https://git.example.com/app' }]])('of %j the schema has the say', (spec) => {
  expect(addressProblem(spec)).toBeUndefined();
});
