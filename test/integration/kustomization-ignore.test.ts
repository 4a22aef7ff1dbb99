import { kustomizations } from '@gotk/api';
import type { Unstructured } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { configMap, deployment } from './manifests.ts';
import { condition, failsWith, hasApplied, isReady, resources, type Testbed, testbed } from './testbed.ts';

async function follows(bed: Testbed, files: Readonly<Record<string, string>>, ignore: readonly object[]) {
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', { ignore } as never);
  await bed.applier('app', isReady);
  return repository;
}

/** Brings the reconciler here for certain. */
async function looked(bed: Testbed): Promise<void> {
  const token = await bed.request(kustomizations, 'app');
  await bed.applier('app', (it) => it.status?.lastHandledReconcileAt === token);
}
const versionOf = async (bed: Testbed, name: string) => (await bed.get(resources.configMap, name))?.metadata.resourceVersion;
const replicasOf = ({ spec }: Unstructured) => (spec as { replicas?: number }).replicas;

test.each(['somebody', 'kubectl-edit'])('an ignored field that %s changes is left alone, while others are put back', async (manager) => {
  await using bed = await testbed();
  await follows(bed, { 'it.yaml': configMap('it', { ours: '1', theirs: '1' }), 'other.yaml': configMap('other', { theirs: '1' }) }, [
    { paths: ['/data/theirs'], target: { kind: 'ConfigMap', name: 'it' } },
  ]);
  const changed = await bed.merge(resources.configMap, 'it', { data: { theirs: 'tuned' } }, manager);
  await bed.merge(resources.configMap, 'other', { data: { theirs: 'tuned' } }, manager);
  await bed.until(resources.configMap, 'other', ({ data }) => (data as { theirs?: string }).theirs === '1');
  await looked(bed);
  expect(await versionOf(bed, 'it')).toBe(changed.metadata.resourceVersion);

  await bed.merge(resources.configMap, 'it', { data: { ours: 'tampered' } }, manager);
  await bed.until(resources.configMap, 'it', ({ data }) => (data as { ours?: string }).ours === '1');
  expect((await bed.get(resources.configMap, 'it'))?.data).toEqual({ ours: '1', theirs: 'tuned' });
  const again = await bed.merge(resources.configMap, 'it', { data: { theirs: 'tuned again' } }, manager);
  await looked(bed);
  expect(await versionOf(bed, 'it')).toBe(again.metadata.resourceVersion);
});

test('a new commit leaves an ignored field as it is in the cluster; a new object has what Git says', async () => {
  await using bed = await testbed();
  const repository = await follows(bed, { 'web.yaml': deployment('web', 'example.com/web:1') }, [
    { paths: ['/spec/replicas', '/spec/template/spec/containers/0/resources'], target: { kind: 'Deployment' } },
  ]);
  await bed.merge(resources.deployment, 'web', { spec: { replicas: 3 } }, 'autoscaler');
  const resourcesPatch = {
    spec: { template: { spec: { containers: [{ name: 'app', image: 'example.com/web:1', resources: { limits: { cpu: '1' } } }] } } },
  };
  await bed.merge(resources.deployment, 'web', resourcesPatch, 'vpa');
  const commit = await repository.commit('image', { 'web.yaml': deployment('web', 'example.com/web:2') });
  await bed.applier('app', hasApplied(commit));
  const web = await bed.get(resources.deployment, 'web');
  expect(web).toMatchObject({
    spec: { replicas: 3, template: { spec: { containers: [{ image: 'example.com/web:2', resources: { limits: { cpu: '1' } } }] } } },
  });
});

test('a field that another manager applies is given up to it', async () => {
  await using bed = await testbed();
  const repository = await follows(bed, { 'web.yaml': deployment('web', 'example.com/web:1') }, [{ paths: ['/spec/replicas'] }]);
  await bed.client.apply(
    resources.deployment,
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: bed.namespace, name: 'web' }, spec: { replicas: 4 } },
    { fieldManager: 'autoscaler', force: true, signal: bed.signal },
  );
  const commit = await repository.commit('image', { 'web.yaml': deployment('web', 'example.com/web:2') });
  await bed.applier('app', hasApplied(commit));
  const web = await bed.get(resources.deployment, 'web');
  expect(replicasOf(web as Unstructured)).toBe(4);
  const ours = web?.metadata.managedFields?.find(({ manager }) => manager === 'kustomize-controller');
  expect(JSON.stringify(ours?.fieldsV1)).not.toContain('f:replicas');
});

test('rules that are taken back bring the field back; rules that are given let go of it', async () => {
  await using bed = await testbed();
  await follows(bed, { 'it.yaml': configMap('it', { theirs: '1' }) }, [{ paths: ['/data/theirs'] }]);
  await bed.merge(resources.configMap, 'it', { data: { theirs: 'tuned' } });
  await bed.merge(kustomizations, 'app', { spec: { ignore: null } });
  await bed.until(resources.configMap, 'it', ({ data }) => (data as { theirs?: string }).theirs === '1');
  await bed.merge(kustomizations, 'app', { spec: { ignore: [{ paths: ['/data/theirs'] }] } });
  await bed.applier('app', isReady);
  const changed = await bed.merge(resources.configMap, 'it', { data: { theirs: 'tuned' } });
  await looked(bed);
  expect(await versionOf(bed, 'it')).toBe(changed.metadata.resourceVersion);
});

test('a rule that cannot be read fails, naming it', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'it.yaml': configMap('it', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { ignore: [{ paths: ['/data'], target: { kind: '(' } }] });
  const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(condition(failed, 'Ready')?.message).toBe("spec.ignore[0]: target.kind: '(' is not a regular expression");
  expect(await bed.get(resources.configMap, 'it')).toBeUndefined();
});
