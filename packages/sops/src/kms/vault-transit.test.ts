import { text } from 'node:stream/consumers';
import { fakeClock, startScriptedServer } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { DATA_KEY, encrypted } from '../../test/encryptor.ts';
import { decrypted } from '../../test/fixtures.ts';
import { vaultService } from './vault-transit.ts';

const service = (reach: 'anywhere' | 'remote' = 'anywhere') =>
  vaultService({ tokenFor: async () => ({ token: 'CANARY-token' }), reach, clock: fakeClock() });
const key = (address: string, more: object = {}) =>
  ({ type: 'hc_vault', address, enginePath: 'sops/transit', keyName: 'first', encrypted: 'vault:v1:x', ...more }) as const;
const signal = () => AbortSignal.timeout(10_000);

test('Vault decrypts the data key of a file', async () => {
  const bodies: string[] = [];
  await using server = await startScriptedServer(async (request, response) => {
    bodies.push(await text(request));
    response.end(JSON.stringify({ data: { plaintext: DATA_KEY.toString('base64') } }));
  });
  const hc_vault = [{ vault_address: server.url, engine_path: 'sops/transit', key_name: 'first', enc: 'vault:v1:x' }];

  const plain = await decrypted(await encrypted({ a: 'x' }, { age: [], hc_vault }), 'json', { hc_vault: service() });

  expect(plain.toString()).toContain('"x"');
  expect(server.requests).toMatchObject([
    { method: 'PUT', path: '/v1/sops/transit/decrypt/first', headers: { 'x-vault-token': 'CANARY-token' } },
  ]);
  expect(bodies).toEqual([JSON.stringify({ ciphertext: 'vault:v1:x' })]);
});

test.each([
  ['another path', { keyName: '../../../sys/seal' }],
  ['another path of an engine', { enginePath: 'x/../../auth' }],
  ['a query', { keyName: 'first?x' }],
  ['nothing', { keyName: '' }],
])('Vault is not asked for %s', async (_, more) => {
  await using server = await startScriptedServer((__, response) => response.end('{}'));

  await expect(service()(key(server.url, more), signal())).rejects.toThrow(/the key has no path in a transit engine|the path is none/);
  expect(server.requests).toEqual([]);
});

test('a Vault that says no is quoted without the token', async () => {
  await using server = await startScriptedServer((_, response) => {
    response.statusCode = 403;
    response.end(JSON.stringify({ errors: ['permission denied for CANARY-token'] }));
  });

  await expect(service()(key(server.url), signal())).rejects.toThrow(/^127\.0\.0\.1:\d+ answered 403 \(permission denied for \*+\)$/);
});

test('a token that is not accepted is dropped', async () => {
  let dropped = 0;
  let status = 503;
  await using server = await startScriptedServer((_, response) => {
    response.statusCode = status;
    response.end('{}');
  });
  const tokenFor = async () => ({ token: 'CANARY-token', drop: () => (dropped += 1) });
  const ask = () => vaultService({ tokenFor, reach: 'anywhere', clock: fakeClock() })(key(server.url), signal());

  await expect(ask()).rejects.toThrow('answered 503');
  expect(dropped).toBe(0);
  status = 403;
  await expect(ask()).rejects.toThrow('answered 403');
  expect(dropped).toBe(1);
});

test('an address of the machine itself is refused, and so is what is none', async () => {
  await using server = await startScriptedServer((_, response) => response.end('{}'));

  await expect(service('remote')(key(server.url), signal())).rejects.toThrow();
  await expect(service()(key('file:///etc'), signal())).rejects.toThrow('the address is none of a Vault server');
  expect(server.requests).toEqual([]);
});

test('an answer without a key, or with far too much, is refused', async () => {
  await using server = await startScriptedServer((request, response) =>
    response.end(request.url?.includes('large') ? 'x'.repeat(1_000_000) : '{}'),
  );

  await expect(service()(key(server.url), signal())).rejects.toThrow('has no plaintext');
  await expect(service()(key(server.url, { keyName: 'large' }), signal())).rejects.toMatchObject({ name: 'SopsError' });
});

test('a Vault that never answers is waited for until the deadline', async () => {
  await using server = await startScriptedServer(() => undefined);

  await expect(service()(key(server.url), AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'TimeoutError' });
});
