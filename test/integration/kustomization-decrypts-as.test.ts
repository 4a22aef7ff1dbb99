import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { kustomizations } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { parseSopsFile } from '@gotk/sops';
import { recoverDataKey } from '@gotk/sops/keys';
import { ageIdentities, ageService } from '@gotk/sops/local-keys';
import { startScriptedServer } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { ownToolkit } from './own-toolkit.ts';
import { condition, failsWith, isReady, isStalled, resources, type Testbed, testbed } from './testbed.ts';

const FILES = join(import.meta.dirname, '../../packages/kustomize-controller/test/testdata/sops');
const file = async (name: string) => await readFile(join(FILES, name), 'utf8');
const serviceAccounts: Resource = { group: '', version: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true };
const own = ownCluster();

/** The encrypted Secret `login`, with its data key in the keeping of a Vault, and that Vault: it knows who logged in, and lets those decrypt. */
async function vault() {
  const text = await file('patch.yaml');
  const { metadata } = parseSopsFile(Buffer.from(text), 'yaml');
  const age = ageService(ageIdentities(await file('keys.agekey')));
  const plaintext = Buffer.from(await recoverDataKey(metadata, { age }, AbortSignal.timeout(10_000))).toString('base64');
  const logins: { readonly role: string; readonly sub: string; readonly aud: readonly string[] }[] = [];
  let decrypted = 0;
  const server = await startScriptedServer(async (request, response) => {
    const body = (await json(request)) as { readonly role: string; readonly jwt: string };
    if (request.url === '/v1/auth/kubernetes/login') {
      const claims = JSON.parse(Buffer.from(body.jwt.split('.')[1] ?? '', 'base64url').toString()) as (typeof logins)[number];
      logins.push({ role: body.role, sub: claims.sub, aud: claims.aud });
      return response.end(JSON.stringify({ auth: { client_token: `hvs.${logins.length}`, lease_duration: 3600 } }));
    }
    if (!String(request.headers['x-vault-token']).startsWith('hvs.')) return response.writeHead(403).end('{}');
    decrypted += 1;
    return response.end(JSON.stringify({ data: { plaintext } }));
  });
  const entry = [
    '    hc_vault:',
    `        - vault_address: ${server.url}`,
    ...['engine_path: transit', 'key_name: first', 'enc: vault:v1:x'].map((line) => `          ${line}`),
  ];
  return {
    url: server.url,
    manifest: text.replace(/ {4}age:\n[\s\S]*?(?= {4}encrypted_regex)/, `${entry.join('\n')}\n`),
    logins,
    decrypted: () => decrypted,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const allow = (bed: Testbed, addresses: readonly string[]) =>
  bed.apply(resources.configMap, {
    metadata: { name: 'vaults' },
    data: { 'config.yaml': JSON.stringify({ instances: addresses.map((address) => ({ address, loginPath: 'auth/kubernetes/login' })) }) },
  });
const GATE = '--feature-gates=ObjectLevelWorkloadIdentity=true';

async function deployed(bed: Testbed, manifest: string, serviceAccountName?: string) {
  const repository = await bed.repository({ 'secret.yaml': manifest });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  const decryption = { provider: 'sops', ...(serviceAccountName === undefined ? {} : { serviceAccountName }) } as const;
  await bed.kustomization('app', { decryption, retryInterval: '1s' });
  return repository;
}

test('a ServiceAccount of the Kustomization decrypts, by a token of the API server, and logs in once for many builds', async () => {
  await using bed = await own.testbed();
  await using server = await vault();
  await allow(bed, [server.url]);
  await using toolkit = await ownToolkit(own, bed, [GATE, '--sops-vault-configmap=vaults']);
  const repository = await deployed(bed, server.manifest, 'decrypter');

  const missing = await bed.applier('app', failsWith('BuildFailed'));
  expect(condition(missing, 'Ready')?.message).toMatch(/^failed to decrypt 'secret\.yaml': .*: ServiceAccount 'decrypter' not found$/);
  expect(server.logins).toEqual([]);
  await bed.apply(serviceAccounts, { metadata: { name: 'decrypter' } });
  await bed.applier('app', isReady);

  expect(await bed.get(resources.secret, 'login')).toMatchObject({ data: { password: Buffer.from('s3cret').toString('base64') } });
  expect(server.logins).toEqual([
    { role: `${bed.namespace}_decrypter`, sub: `system:serviceaccount:${bed.namespace}:decrypter`, aud: [server.url] },
  ]);
  const commit = await repository.commit('more', { 'more.yaml': configMap('more', {}) });
  await bed.applier('app', (it) => isReady(it) && it.status?.lastAppliedRevision === `main@sha1:${commit}`);
  expect([server.logins.length, server.decrypted()]).toEqual([1, 2]);
  const metrics = await (await fetch(toolkit.applier.metricsUrl)).text();
  const labels = `kind="Kustomization",name="app",namespace="${bed.namespace}",operation="decrypt_with_vault"`;
  expect(metrics).toContain(`gotk_token_cache_events_total{event_type="cache_hit",${labels}} 1`);
  expect(metrics).toContain('gotk_token_cached_items 1');
});

test('--default-decryption-service-account: whoever names nobody decrypts as it, and at no server that is not listed', async () => {
  await using bed = await own.testbed();
  await using server = await vault();
  await allow(bed, []);
  const flags = [GATE, '--sops-vault-configmap=vaults', '--default-decryption-service-account=tenant'];
  await using _toolkit = await ownToolkit(own, bed, flags);
  await bed.apply(serviceAccounts, { metadata: { name: 'tenant' } });
  await deployed(bed, server.manifest);

  const unlisted = await bed.applier('app', failsWith('BuildFailed'));
  expect(condition(unlisted, 'Ready')?.message).toContain(`ConfigMap '${bed.namespace}/vaults' does not list the address`);
  expect(server.logins).toEqual([]);
  await allow(bed, [server.url]);
  await bed.applier('app', isReady);
  expect(server.logins).toMatchObject([{ role: `${bed.namespace}_tenant`, sub: `system:serviceaccount:${bed.namespace}:tenant` }]);
});

test('--default-decryption-service-account without the gate ObjectLevelWorkloadIdentity: nothing starts', async () => {
  await using bed = await own.testbed();

  await expect(ownToolkit(own, bed, ['--default-decryption-service-account=tenant'])).rejects.toThrow(
    'cannot set default service accounts when the feature gate ObjectLevelWorkloadIdentity is not enabled',
  );
});

test('without the gate a ServiceAccount to decrypt as stalls the object, which can be deleted, and nothing is applied', async () => {
  await using bed = await testbed();
  await bed.gitRepository('repo', { url: (await bed.repository({ 'a.yaml': configMap('a', {}) })).url });
  await bed.source('repo', isReady);
  await bed.kustomization('app', { decryption: { provider: 'sops', serviceAccountName: 'tenant' } });

  const stalled = await bed.applier('app', isStalled);
  expect(condition(stalled, 'Ready')).toMatchObject({
    status: 'False',
    reason: 'FeatureGateDisabled',
    message: expect.stringContaining('spec.decryption.serviceAccountName'),
  });
  expect(await bed.get(resources.configMap, 'a')).toBeUndefined();
  await bed.client.delete(kustomizations, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
});
