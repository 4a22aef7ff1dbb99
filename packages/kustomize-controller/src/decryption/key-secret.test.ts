import { expect, test } from 'vitest';
import { keyFilesFor } from './key-secret.ts';

const SHARED = { namespace: 'flux-system', name: 'shared' };
const kustomization = (decryption: object) => ({ metadata: { name: 'app', namespace: 'apps' }, spec: { decryption } }) as never;

async function filesFor(decryption: object, sharedAgeSecret: typeof SHARED | undefined) {
  const read: unknown[] = [];
  const data = Object.fromEntries(['a.agekey', 'b.asc', 'sops.aws-kms'].map((name) => [name, Buffer.from(name).toString('base64')]));
  const files = await keyFilesFor(kustomization(decryption), {
    readSecret: async (key) => {
      read.push(key);
      return { apiVersion: 'v1', kind: 'Secret', metadata: { name: key.name }, data };
    },
    sharedAgeSecret,
    signal: AbortSignal.timeout(5_000),
  });
  return { read, files: [...files.keys()] };
}

test('of the shared Secret the age keys alone are taken, and only where none is named', async () => {
  expect(await filesFor({ provider: 'sops' }, SHARED)).toEqual({ read: [SHARED], files: ['a.agekey'] });
  expect(await filesFor({ provider: 'sops', secretRef: { name: 'own' } }, SHARED)).toEqual({
    read: [{ namespace: 'apps', name: 'own' }],
    files: ['a.agekey', 'b.asc', 'sops.aws-kms'],
  });
  expect(await filesFor({ provider: 'sops' }, undefined)).toEqual({ read: [], files: [] });
});
