import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { testDirectory } from '../../test/directory.ts';
import { loadConnection } from './kubeconfig.ts';

async function setUp(host = '10.0.0.1') {
  const directory = await testDirectory();
  await directory.write('ca.crt', 'CA 1\n');
  await directory.write('token', 'token 1\n');
  const clock = fakeClock();
  const environment = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: '443' };
  return { directory, clock, load: () => loadConnection({ clock, environment, serviceAccountDirectory: directory.path }) };
}

test('a pod uses its service account', async () => {
  const { directory, load } = await setUp();
  await using _ = directory;
  const connection = await load();
  expect([connection.server, connection.ca, await connection.token?.()]).toEqual(['https://10.0.0.1:443', 'CA 1', 'token 1']);
  expect(connection.clientCertificate).toBeUndefined();
});

test('the server may have an IPv6 address', async () => {
  const { directory, load } = await setUp('fd00::1');
  await using _ = directory;
  expect((await load()).server).toBe('https://[fd00::1]:443');
});

test('token and CA are read again once a minute, and at once when the token was refused', async () => {
  const { directory, clock, load } = await setUp();
  await using _ = directory;
  const connection = await load();
  await directory.write('token', 'token 2');
  await directory.write('ca.crt', 'CA 2');
  await clock.advance(59_999);
  expect(await connection.token?.()).toBe('token 1');
  await clock.advance(1);
  expect([await connection.token?.(), connection.ca]).toEqual(['token 2', 'CA 2']);
  await directory.write('token', 'token 3');
  expect(await connection.token?.({ fresh: true })).toBe('token 3');
});

test.each(['token', 'ca.crt'])('a pod without its %s says so', async (name) => {
  const { directory, load } = await setUp();
  await using _ = directory;
  await rm(join(directory.path, name));
  await expect(load()).rejects.toThrow(new RegExp(`^failed to read the pod's service account: ENOENT.*${name}`));
});
