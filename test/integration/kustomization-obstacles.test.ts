import { registerValidation, startWebhookServer } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { failsWith, hasApplied, isReady, messageOf, resources, type Testbed, testbed } from './testbed.ts';

async function follows(bed: Testbed, files: Readonly<Record<string, string>>, spec = {}) {
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', { retryInterval: '1s', ...spec });
  return repository;
}

test('a namespace that is being deleted takes nothing: the failure says so, changes nothing, and heals when it is back', async () => {
  await using bed = await testbed();
  const name = `${bed.namespace}-doomed`;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  const held = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', namespace: name, finalizers: ['example.com/never'] } };
  const options = { fieldManager: 'test', force: true, signal: bed.signal };
  await bed.client.apply(resources.namespace, namespace, options);
  await bed.client.apply(resources.configMap, held, options);
  await bed.client.delete(resources.namespace, { namespace: '', name }, { signal: bed.signal });

  const inside = configMap('inside', {}).replace('  name: inside\n', `  name: inside\n  namespace: ${name}\n`);
  await follows(
    bed,
    { 'a.yaml': configMap('a', {}).replace('  name: a\n', `  name: a\n  namespace: ${bed.namespace}\n`), 'inside.yaml': inside },
    {
      targetNamespace: undefined,
    },
  );
  const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(messageOf(failed)).toMatch(
    new RegExp(`^ConfigMap/${name}/inside dry-run failed \\(Forbidden\\): .*because it is being terminated`),
  );
  expect(await bed.get(resources.configMap, 'a')).toBeUndefined();

  await bed.client.patch(
    resources.configMap,
    { key: { namespace: name, name: 'held' }, patch: { type: 'merge', body: { metadata: { finalizers: null } } } },
    { signal: bed.signal },
  );
  await expect
    .poll(
      () =>
        bed.client.apply(resources.namespace, namespace, options).then(
          ({ created }) => created,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  await bed.applier('app', isReady);
  await bed.client.delete(resources.namespace, { namespace: '', name }, { signal: bed.signal });
});

test.each([
  ['denies', { deny: "policy 'none of those'" }, /dry-run failed: admission webhook .* denied the request: policy 'none of those'/],
  ['takes too long', { afterMs: 5_000 }, /dry-run failed \(InternalError\): .*failed calling webhook/],
] as const)(
  'a webhook that %s is told of with the object; nothing else is applied, and it heals when it may',
  async (_what, verdict, message) => {
    await using bed = await testbed();
    await using server = await startWebhookServer();
    const { namespace } = bed;
    await using _registered = await registerValidation(bed.client, namespace, {
      server,
      namespace,
      resource: resources.configMap,
      timeoutSeconds: 1,
    });
    await expect
      .poll(() => bed.apply(resources.configMap, { metadata: { name: 'probe' }, data: { at: `${Date.now()}` } }).then(() => server.asked), {
        timeout: 20_000,
      })
      .toBeGreaterThan(0);
    const repository = await follows(bed, { 'a.yaml': configMap('a', { key: '1' }), 'b.yaml': configMap('b', { key: '1' }) });
    await bed.applier('app', isReady);

    server.judge(({ name }) => (name === 'b' ? verdict : {}));
    const commit = await repository.commit('both', { 'a.yaml': configMap('a', { key: '2' }), 'b.yaml': configMap('b', { key: '2' }) });
    // A webhook that has a second to answer may be late once, on a busy machine.
    const failed = await bed.applier('app', (it) => failsWith('ReconciliationFailed')(it) && message.test(messageOf(it)));
    expect(messageOf(failed)).toContain(`ConfigMap/${namespace}/b `);
    expect(await bed.get(resources.configMap, 'a')).toMatchObject({ data: { key: '1' } });
    server.judge(() => ({}));
    await bed.applier('app', hasApplied(commit));
  },
);

test('an inventory that could not be stored is refused before anything is applied, with what to do', async () => {
  await using bed = await testbed();
  // 4,600 objects with names of some 230 characters: more than a mebibyte.
  const names = Array.from({ length: 4_600 }, (_, index) => `${'n'.repeat(220)}-${index}`);
  await follows(bed, { 'all.yaml': names.map((name) => configMap(name, {})).join('---\n') });
  const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(messageOf(failed)).toMatch(/^an inventory of 4600 objects needs \d+ bytes and only \d+ can be stored: split the Kustomization$/);
  expect(await bed.get(resources.configMap, names[0] ?? '')).toBeUndefined();
});
