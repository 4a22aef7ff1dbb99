import { gitRepositories } from '@gotk/api';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { condition, failsWith, isReady, resources, testbed } from './testbed.ts';

const component = (key: string) =>
  `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- target: { kind: ConfigMap }\n  patch: '[{"op": "add", "path": "/data/${key}", "value": "yes"}]'\n`;

test('components of the spec are applied; one that is missing fails the build, or is left out', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({
    'app/map.yaml': configMap('map', { key: 'git' }),
    'components/one/kustomization.yaml': component('one'),
  });
  await bed.gitRepository('repo', { url: repository.url });
  const components = ['../components/one', '../components/two'];
  await bed.kustomization('app', { path: './app', components });
  const failed = await bed.applier('app', failsWith('BuildFailed'));
  expect(condition(failed, 'Ready')?.message).toBe("kustomize build failed: spec.components[1]: there is no directory '../components/two'");
  await bed.kustomization('app', { path: './app', components, ignoreMissingComponents: true });
  await bed.applier('app', isReady);
  expect(await bed.get(resources.configMap, 'map')).toMatchObject({ data: { key: 'git', one: 'yes' } });

  await repository.commit('the other one too', { 'components/two/kustomization.yaml': component('two') });
  await bed.merge(gitRepositories, 'repo', { spec: { interval: '1s' } });
  await bed.until(resources.configMap, 'map', (it) => (it as { readonly data?: Readonly<Record<string, string>> }).data?.two === 'yes');
});

test('objects say where they come from if the spec asks for it', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'app/map.yaml': configMap('map', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { path: './app', buildMetadata: ['originAnnotations', 'transformerAnnotations'] });
  await bed.applier('app', isReady);
  expect((await bed.get(resources.configMap, 'map'))?.metadata.annotations).toMatchObject({
    'config.kubernetes.io/origin': 'path: map.yaml\n',
    'alpha.config.kubernetes.io/transformations': expect.stringContaining('NamespaceTransformer'),
  });
  await bed.kustomization('app', { path: './app' });
  await bed.until(resources.configMap, 'map', ({ metadata }) => metadata.annotations?.['config.kubernetes.io/origin'] === undefined);
});
