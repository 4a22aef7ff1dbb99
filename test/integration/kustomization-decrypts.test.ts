import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kustomizations } from '@gotk/api';
import { expect, test } from 'vitest';
import { condition, failsWith, isReady, resources, type Testbed, testbed } from './testbed.ts';

const FILES = join(import.meta.dirname, '../../packages/kustomize-controller/test/testdata/sops');
const file = async (name: string) => await readFile(join(FILES, name), 'utf8');

const decryption = { provider: 'sops', secretRef: { name: 'sops-keys' } } as const;
const encoded = (text: string) => Buffer.from(text).toString('base64');
const giveKeys = async (bed: Testbed, keys?: string) =>
  bed.apply(resources.secret, { metadata: { name: 'sops-keys' }, data: { 'age.agekey': encoded(keys ?? (await file('keys.agekey'))) } });

async function source(bed: Testbed, files: Readonly<Record<string, string>>) {
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  return repository;
}

const OVERLAY =
  'resources: [patch.yaml]\nsecretGenerator: [{ name: env, envs: [app.env] }]\ngeneratorOptions: { disableNameSuffixHash: true }\n';

test('encrypted manifests and the sources of Secrets are applied decrypted, and nothing shows what they hold', async () => {
  await using bed = await testbed();
  await giveKeys(bed);
  await source(bed, { 'kustomization.yaml': OVERLAY, 'patch.yaml': await file('patch.yaml'), 'app.env': await file('app.env') });
  await bed.kustomization('app', { decryption, targetNamespace: bed.namespace });

  const ready = await bed.applier('app', isReady);

  expect(await bed.get(resources.secret, 'login')).toMatchObject({ data: { password: encoded('s3cret') } });
  expect(await bed.get(resources.secret, 'env')).toMatchObject({ data: { PASSWORD: encoded('s3cret') } });
  expect(JSON.stringify([ready.status, await bed.events('Kustomization', 'app')])).not.toContain('s3cret');
});

test('without its keys a Kustomization fails, names the file, changes nothing, and heals when the keys are there', async () => {
  await using bed = await testbed();
  await source(bed, { 'secret.yaml': await file('patch.yaml') });
  await bed.kustomization('app', { decryption, targetNamespace: bed.namespace, retryInterval: '1s' });

  const missing = await bed.applier('app', failsWith('BuildFailed'));
  expect(condition(missing, 'Ready')?.message).toBe(`cannot get sops decryption Secret '${bed.namespace}/sops-keys': not found`);
  await giveKeys(bed, '# no identities\n');
  const locked = await bed.applier('app', (it) => condition(it, 'Ready')?.message.includes('failed to decrypt') === true);
  expect(condition(locked, 'Ready')).toMatchObject({
    reason: 'BuildFailed',
    message: expect.stringMatching(
      /^failed to decrypt 'secret\.yaml': failed to get the data key: age recipient 'age1\w+': there are no age identities$/,
    ),
  });
  expect(await bed.get(resources.secret, 'login')).toBeUndefined();

  await giveKeys(bed);
  await bed.request(kustomizations, 'app');
  await bed.applier('app', isReady);
  expect(await bed.get(resources.secret, 'login')).toMatchObject({ data: { password: encoded('s3cret') } });
});

test('a file that was tampered with is refused, and what was applied before stays', async () => {
  await using bed = await testbed();
  await giveKeys(bed);
  const repository = await source(bed, { 'secret.yaml': await file('patch.yaml') });
  await bed.kustomization('app', { decryption, targetNamespace: bed.namespace });
  await bed.applier('app', isReady);

  await repository.commit('tampered', { 'secret.yaml': (await file('patch.yaml')).replace('name: login', 'name: other') });

  const failed = await bed.applier('app', failsWith('BuildFailed'));
  expect(condition(failed, 'Ready')?.message).toMatch(
    /^kustomize build failed: failed to decrypt 'secret\.yaml': failed to verify sops data integrity/,
  );
  expect(await bed.get(resources.secret, 'other')).toBeUndefined();
  expect(await bed.get(resources.secret, 'login')).toBeDefined();
});
