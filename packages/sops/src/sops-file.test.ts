import { describe, expect, test } from 'vitest';
import { decrypted, fixtures, services } from '../test/fixtures.ts';

describe('a file that sops encrypted', () => {
  test.each(fixtures.map((one) => [one.name, one] as const))('%s is decrypted to the bytes that sops prints', async (_, one) => {
    const keys = await services('one.agekey', 'two.agekey', 'hybrid.agekey', 'rsa.asc', 'curve.asc');

    const plain = await decrypted(one.encrypted, one.format, keys);

    expect(plain.toString('latin1')).toBe(one.decrypted.toString('latin1'));
  });
});
