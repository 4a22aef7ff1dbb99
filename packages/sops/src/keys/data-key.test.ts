import { describe, expect, test } from 'vitest';
import { DATA_KEY, encrypted, wrapped } from '../../test/encryptor.ts';
import { decrypted, fixture, keyFile, services } from '../../test/fixtures.ts';
import { parseSopsFile } from '../sops-file.ts';
import { ageIdentities } from './age.ts';
import { recoverDataKey } from './data-key.ts';
import { pgpKeys } from './pgp.ts';
import { combineParts } from './shamir.ts';

const opens = async (name: string, ...files: readonly string[]): Promise<true> => {
  const { encrypted: bytes, decrypted: plain, format } = fixture(name);
  expect(await decrypted(bytes, format, await services(...files))).toEqual(plain);
  return true;
};

describe('a data key', () => {
  for (const [title, name, files] of [
    ['by any of several recipients', 'two-recipients.yaml', ['two.agekey']],
    ['by one identity among others', 'two-recipients.yaml', ['three.agekey', 'hybrid.agekey', 'one.agekey']],
    ['by a post-quantum identity', 'hybrid.yaml', ['hybrid.agekey']],
    ['by RSA', 'pgp-rsa.yaml', ['other.asc', 'rsa.asc']],
    ['by an elliptic curve', 'pgp-curve.yaml', ['curve.asc']],
    ['by OpenPGP where age has no identity', 'mixed.yaml', ['rsa.asc']],
    ['by age where OpenPGP has no key', 'mixed.yaml', ['one.agekey', 'other.asc']],
    ['by two of three groups', 'two-of-three.yaml', ['one.agekey', 'two.agekey']],
    ['by another two of them', 'two-of-three.yaml', ['two.agekey', 'rsa.asc']],
    ['by all of them', 'three-of-three.yaml', ['one.agekey', 'two.agekey', 'rsa.asc']],
  ] as const)
    test(`is had ${title}`, async () => {
      expect(await opens(name, ...files)).toBe(true);
    });

  for (const [title, name, files, message] of [
    ['without keys', 'two-recipients.yaml', [], /^failed to get the data key: age recipient 'age1\w+': there are no age identities; age/],
    ['with other identities', 'two-recipients.yaml', ['three.agekey'], /no identity matches/],
    [
      'with other OpenPGP keys',
      'pgp-rsa.yaml',
      ['other.asc'],
      /^failed to get the data key: OpenPGP key '[0-9A-F]{40}': no OpenPGP key matches/,
    ],
    ['with one of two groups', 'two-of-three.yaml', ['one.agekey'], /^failed to get the data key \(1 of 2 key groups\): /],
    ['with two of three groups', 'three-of-three.yaml', ['one.agekey', 'rsa.asc'], /^failed to get the data key \(2 of 3 key groups\): /],
  ] as const)
    test(`is not had ${title}`, async () => {
      const { encrypted: bytes, format } = fixture(name);
      const error = await decrypted(bytes, format, await services(...files)).catch((reason: unknown) => reason);

      expect(error).toMatchObject({ name: 'SopsError', kind: 'no-key', message: expect.stringMatching(message) });
      expect(String(error)).not.toMatch(/AGE-SECRET|BEGIN/);
    });

  test.each([
    ['hckms', { key_id: 'tr-west-1:x', enc: 'x' }, "Huawei Cloud KMS key 'tr-west-1:x': Huawei Cloud KMS is not supported"],
    [
      'kms',
      { arn: 'arn:aws:kms:eu-west-1:1:key/a', enc: 'x' },
      "AWS KMS key 'arn:aws:kms:eu-west-1:1:key/a': there are no credentials for it",
    ],
    [
      'hc_vault',
      { vault_address: 'http://v', engine_path: 'e', key_name: 'k' },
      "Vault key 'http://v/v1/e/keys/k': there are no credentials for it",
    ],
  ])('of a kind that nothing is known about is not guessed: %s', async (list, key, message) => {
    const file = await encrypted({ a: 'x' }, { age: [], [list]: [key] });

    await expect(decrypted(file, 'json', await services('one.agekey'))).rejects.toThrow(`failed to get the data key: ${message}`);
  });

  test('that was encrypted with a passphrase is refused without any work', async () => {
    const { armor, Encrypter } = await import('age-encryption');
    const encrypter = new Encrypter();
    encrypter.setScryptWorkFactor(10);
    encrypter.setPassphrase('x');
    const enc = armor.encode(await encrypter.encrypt(DATA_KEY)).toString();
    const started = performance.now();

    await expect(decrypted(await encrypted({}, { age: [{ enc }] }), 'json', await services('one.agekey'))).rejects.toThrow(
      'no identity matches',
    );
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('is asked for until the deadline, and not longer', async () => {
    const { metadata } = parseSopsFile(await encrypted({ a: 'x' }, { age: [{ enc: await wrapped(DATA_KEY) }] }), 'json');
    const reason = new Error('too late');

    await expect(recoverDataKey(metadata, await services('one.agekey'), AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('a key file', () => {
  test.each([
    ['of a plugin', 'AGE-PLUGIN-YUBIKEY-1XXXX', 'line 1 of the age key file is the identity of a plugin'],
    ['with a passphrase', '# c\n-----BEGIN AGE ENCRYPTED FILE-----\n', 'line 2 of the age key file begins a file with a passphrase'],
    ['of SSH', '-----BEGIN OPENSSH PRIVATE KEY-----\n', 'line 1 of the age key file begins an SSH key'],
    ['with something else', 'AGE-SECRET-KEY-1CANARY', 'line 1 of the age key file is no age identity'],
  ])('%s is refused, and not quoted', (_, text, message) => {
    expect(() => ageIdentities(text)).toThrow(message);
    expect(() => ageIdentities(text)).not.toThrow('CANARY');
  });

  test('of OpenPGP with a passphrase is refused', async () => {
    await expect(pgpKeys(keyFile('locked.asc'))).rejects.toThrow('an OpenPGP key has a passphrase');
    await expect(pgpKeys('nothing')).rejects.toThrow('the file holds no OpenPGP secret key');
  });
});

test('parts that do not belong together are not combined', () => {
  const part = (...bytes: readonly number[]) => Uint8Array.from(bytes);

  expect(() => combineParts([part(1, 2)])).toThrow('too few parts');
  expect(() => combineParts([part(1, 2), part(1, 2, 3)])).toThrow('different lengths');
  expect(() => combineParts([part(1, 2), part(9, 2)])).toThrow('are the same');
  expect(() => combineParts([part(1, 0), part(9, 2)])).toThrow('are the same');
});
