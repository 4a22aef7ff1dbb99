import { expect, test } from 'vitest';
import { withEnvironmentProxy } from './environment-proxy.ts';

const variables = { HTTPS_PROXY: 'http://everybody.example:3128', NO_PROXY: '.inside.example' };
const url = new URL('https://charts.example.com/');

test('the proxy of the environment is for whoever names none, as each address has it', () => {
  expect(withEnvironmentProxy({}, url, variables)).toMatchObject({ proxy: { address: new URL('http://everybody.example:3128') } });
  expect(withEnvironmentProxy({}, new URL('https://charts.inside.example/'), variables)).toEqual({});
  const own = { proxy: { address: new URL('http://own.example:8080') } };
  expect(withEnvironmentProxy(own, url, variables)).toBe(own);
  expect(withEnvironmentProxy({}, url, {})).toEqual({});
});
