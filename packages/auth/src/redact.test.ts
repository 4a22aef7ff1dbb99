import { expect, test } from 'vitest';
import { redact, redactValues } from './redact.ts';

test.each([
  ['failed to fetch https://user:CANARY@git.example.com/x.git', 'failed to fetch https://*****@git.example.com/x.git'],
  ['Authorization: Bearer CANARYCANARY rest', 'Authorization: ***** rest'],
  ['sent Basic Q0FOQVJZQ0FOQVJZ to host', 'sent Basic ***** to host'],
  ['GET /blob?sig=CANARY&v=1', 'GET /blob?sig=*****&v=1'],
  ['key -----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY----- end', 'key ***** end'],
])('masks the credential in %j', (text, masked) => {
  expect(redact(text)).toBe(masked);
});

test('leaves text without credentials as it is', () => {
  const text = "applied revision 'main@sha1:3f2a91c' from http://git.example.com:8080/x.git?ref=main";
  expect(redact(text)).toBe(text);
});

test('known values are masked in every form that they travel in', () => {
  expect(redactValues('p@ss p%40ss cEBzcw== other', ['p@ss'])).toBe('***** ***** ***** other');
});

test('hostile text is masked in linear time', () => {
  const started = performance.now();
  redact('https://'.repeat(20_000) + 'a'.repeat(100_000));
  redact(`-----BEGIN ${'A'.repeat(100_000)}`);
  expect(performance.now() - started).toBeLessThan(1_000);
});
