import { kustomizations } from '@gotk/api';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { isReady, resources, testbed } from './testbed.ts';

test('a name that goes up and down within the source is a path like any other', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'app/a.yaml': configMap('a', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { path: './x/../app' });
  await bed.applier('app', isReady);
  expect(await bed.get(resources.configMap, 'a')).toBeDefined();
});

test('P10: an object that somebody wrote into the inventory is not deleted unless it carries our labels', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  await bed.apply(resources.configMap, { metadata: { name: 'foreign' } });
  // Somebody with the right to write the status puts an object into the inventory that was never ours.
  const entries = [
    { id: `${bed.namespace}_foreign__ConfigMap`, v: 'v1' },
    { id: 'nonsense', v: '' },
    { id: '../../x_y_z_Kind', v: 'v1' },
  ];
  await bed.client.patch(
    kustomizations,
    { key: { namespace: bed.namespace, name: 'app' }, patch: { type: 'merge', body: { status: { inventory: { entries } } } } },
    { signal: bed.signal, subresource: 'status' },
  );
  const token = await bed.request(kustomizations, 'app');
  await bed.applier('app', (it) => it.status?.lastHandledReconcileAt === token);
  expect(await bed.get(resources.configMap, 'foreign')).toBeDefined();
});
