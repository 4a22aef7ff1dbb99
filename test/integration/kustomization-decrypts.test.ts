import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Kustomization, kustomizations } from '@gotk/api';
import type { Unstructured } from '@gotk/apimachinery';
import { registerValidation, startWebhookServer } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { configMap } from './manifests.ts';
import { condition, failsWith, isReady, resources, type Testbed, testbed } from './testbed.ts';

const FILES = join(import.meta.dirname, '../../packages/kustomize-controller/test/testdata/sops');
const FOREIGN = join(import.meta.dirname, '../../packages/sops/test/testdata/files');
const file = async (name: string) => await readFile(join(FILES, name), 'utf8');

const decryption = { provider: 'sops', secretRef: { name: 'sops-keys' } } as const;
const encoded = (text: string) => Buffer.from(text).toString('base64');
const giveKeys = async (bed: Testbed, keys?: string) =>
  bed.apply(resources.secret, { metadata: { name: 'sops-keys' }, data: { 'age.agekey': encoded(keys ?? (await file('keys.agekey'))) } });

const isAtRevision = ({ status }: Kustomization, commit: string): boolean => status?.lastAttemptedRevision === `main@sha1:${commit}`;
const told = (object: Parameters<typeof condition>[0]) => condition(object, 'Ready')?.message ?? '';

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

test('what an API server or a webhook repeats of a decrypted object is masked, wherever it is said', async () => {
  await using bed = await testbed();
  const { namespace } = bed;
  await giveKeys(bed);
  await using server = await startWebhookServer();
  const watched = async (resource: (typeof resources)['secret']) =>
    registerValidation(bed.client, `${namespace}-${resource.plural}`, { server, namespace, resource, timeoutSeconds: 5 });
  await using _secrets = await watched(resources.secret);
  await using _configs = await watched(resources.configMap);
  for (const resource of [resources.secret, resources.configMap])
    await expect
      .poll(
        async () => {
          const before = server.asked;
          await bed.apply(resource, { metadata: { name: 'probe' }, data: { at: encoded(`${before}`) } });
          return server.asked - before;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
  const repository = await source(bed, { 'base.yaml': 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: base }\n' });
  const statuses: unknown[] = [];
  const echoes: readonly ((object: Unstructured | null) => string)[] = [
    (object) => JSON.stringify(object),
    (object) =>
      Object.entries((object?.data ?? {}) as Readonly<Record<string, string>>)
        .map(([key, value]) => `${key} is ${value} or ${Buffer.from(value, 'base64')}`)
        .join('; '),
  ];
  await bed.kustomization('app', { decryption, targetNamespace: namespace, retryInterval: '1s' });
  for (const name of ['quiet.yaml', 'open.yaml'])
    for (const echo of echoes) {
      server.judge(({ object }) => ({ deny: `no: ${echo(object)}` }));
      const bad = await repository.commit(`bad ${statuses.length}`, { [name]: await file(name) });
      const failed = await bed.applier('app', (it) => failsWith('ReconciliationFailed')(it) && isAtRevision(it, bad));
      statuses.push(failed.status);
      const good = await repository.commit(`good ${statuses.length}`, { [name]: null });
      await bed.applier('app', (it) => isReady(it) && isAtRevision(it, good));
    }
  // A value that the API server itself does not take.
  await repository.commit('service', { 'service.yaml': await file('service.yaml') });
  const refused = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(told(refused)).toMatch(/Unsupported value: "\*{5}"/);

  const shown = /heron|ibis|lark|wren|finch|raven|aGVyb2|aWJpc|bGFya|d3Jlb|ZmluY2|cmF2ZW/i;
  // Nothing at all is repeated of an answer about a Secret.
  expect(statuses.map((status) => JSON.stringify(status).includes('*****'))).toEqual([false, false, true, true]);
  expect(JSON.stringify([...statuses, refused.status, await bed.events('Kustomization', 'app')])).not.toMatch(shown);
  const log = await readFile(join(inject('directory'), 'kustomize-controller.log'), 'utf8');
  expect(log.split('\n').filter((line) => line.includes(namespace) && shown.test(line))).toEqual([]);
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

/** The files below a directory that have one of the texts in them. */
async function filesWith(directory: string, texts: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // Other tests' trees come and go.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (texts.some((text) => bytes.includes(text))) found.push(path);
  }
  return found;
}

test('A27: a SOPS file that is broken, foreign, cut off, half plain or too large fails the build; nothing of it is applied, shown or on a disk', async () => {
  await using bed = await testbed();
  await giveKeys(bed);
  const good = { 'secret.yaml': await file('quiet.yaml') };
  const repository = await source(bed, good);
  await bed.kustomization('app', { decryption, targetNamespace: bed.namespace, retryInterval: '1s' });
  await bed.applier('app', isReady);
  const [quiet, foreign] = [await file('quiet.yaml'), await readFile(join(FOREIGN, 'encrypted-regex.enc.yaml'), 'utf8')];
  const bad = [
    [
      'another integrity code',
      quiet.replace('name: quiet', 'name: other'),
      /failed to verify sops data integrity: it is not what was encrypted$/,
    ],
    ['the key of somebody else', foreign, /failed to get the data key: age recipient 'age1\w+': no identity matches/],
    ['cut off', quiet.slice(0, quiet.indexOf('    mac:') + 100), /it is not valid YAML|its metadata|integrity/],
    [
      'plain text in a Secret',
      quiet.replace(/word: ENC\S+/, 'word: plain-grouse-s3cret'),
      /'stringData\.word' is not encrypted as SOPS does it$/,
    ],
    ['6 MiB', `${quiet}# ${'x'.repeat(6 * 1024 * 1024)}\n`, /cannot decrypt file with size \(\d+ bytes\) exceeding limit \(5242880\)$/],
  ] as const;
  const statuses: unknown[] = [];
  for (const [what, text, message] of bad) {
    const commit = await repository.commit(what, { 'secret.yaml': text, 'new.yaml': configMap('new', {}) });
    const failed = await bed.applier('app', (it) => failsWith('BuildFailed')(it) && isAtRevision(it, commit));
    expect(told(failed), what).toMatch(/failed to decrypt 'secret\.yaml': /);
    expect(told(failed), what).toMatch(message);
    expect(await bed.get(resources.configMap, 'new')).toBeUndefined();
    expect(await bed.get(resources.secret, 'quiet')).toMatchObject({ data: { word: encoded('violet-heron-s3cret') } });
    statuses.push(failed.status);
  }
  const healed = await repository.commit('good', { ...good, 'new.yaml': configMap('new', {}) });
  await bed.applier('app', (it) => isReady(it) && isAtRevision(it, healed));
  expect(JSON.stringify([...statuses, await bed.events('Kustomization', 'app')])).not.toMatch(/heron|grouse|wren|ENC\[/);
  const plain = ['violet-heron-s3cret', 'amber-wren-s3cret'];
  expect(await filesWith(inject('directory'), [...plain, ...plain.map(encoded)])).toEqual([]);
});
