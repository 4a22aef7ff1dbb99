import { makeSshKey } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { privateKeyOf } from './private-key.ts';
import { createSshKeys } from './ssh-keys.ts';

test('a key is decrypted once for as long as key and passphrase are the same, and so is one that cannot be', async () => {
  let reads = 0;
  const keys = createSshKeys((access, ssh2) => {
    reads++;
    return privateKeyOf(access, ssh2);
  });
  const { privateKey: identity } = await makeSshKey({ type: 'ecdsa', format: 'pem', passphrase: 'a phrase' });

  const key = await keys.get({ identity, passphrase: 'a phrase' });
  expect(await keys.get({ identity, passphrase: 'a phrase' })).toBe(key);
  expect(reads).toBe(1);

  for (let round = 0; round < 3; round++)
    await expect(keys.get({ identity, passphrase: 'another' })).rejects.toMatchObject({ name: 'InvalidLogin' });
  await expect(keys.get({ identity })).rejects.toMatchObject({ name: 'InvalidLogin' });
  expect(reads).toBe(3);
});
