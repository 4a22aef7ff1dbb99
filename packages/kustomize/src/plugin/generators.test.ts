import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import type { JsonMap } from '../resource/resource.ts';
import { Loader } from '../tree/loader.ts';
import { memoryTree } from '../tree/memory-tree.ts';
import { generate } from './generators.ts';

function made(kind: string, config: JsonMap): readonly JsonMap[] {
  const loader = Loader.at(memoryTree({ 'app/a.txt': 'A', 'b.txt': 'B' }), 'app', { restrictions: 'root-only' });
  const object = { apiVersion: 'builtin', kind, metadata: { name: 'a' }, ...config };
  return generate({ kind, object, origin: undefined, at: 'g.yaml' }, loader).map(({ resource }) => resource.object);
}

test('a generator is called as what it makes, unless it says otherwise', () => {
  const metadata = { name: 'a', namespace: 'n' };
  expect(made('ConfigMapGenerator', { metadata })[0]?.metadata).toEqual(metadata);
  expect(made('SecretGenerator', { metadata, name: 'b', namespace: 'm' })[0]?.metadata).toEqual({ name: 'b', namespace: 'm' });
});

test('it is read loosely: numbers are text, and what it does not know is left out', () => {
  const config = { literals: ['a=1'], options: { labels: { n: 1, b: true } }, other: 1 };
  expect(made('ConfigMapGenerator', config)).toMatchObject([{ data: { a: '1' }, metadata: { labels: { n: '1', b: 'true' } } }]);
});

test('its files are in the directory', () => {
  expect(made('ConfigMapGenerator', { files: ['a.txt'] })).toMatchObject([{ data: { 'a.txt': 'A' } }]);
  for (const field of ['files', 'envs'])
    expect(() => made('ConfigMapGenerator', { [field]: ['../b.txt'] })).toThrow(`g.yaml.${field}[0]: '../b.txt' is not in or below 'app'`);
});

describe('IAMPolicyGenerator', () => {
  const config = { cloud: 'gke', kubernetesService: { name: 'k', namespace: 'n' }, serviceAccount: { name: 's', projectId: 'p' } };

  test('makes a service account that acts as another', () => {
    expect(made('IAMPolicyGenerator', config)).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'k', namespace: 'n', annotations: { 'iam.gke.io/gcp-service-account': 's@p.iam.gserviceaccount.com' } },
      },
    ]);
  });

  test('knows one cloud', () => {
    expect(() => made('IAMPolicyGenerator', { ...config, cloud: 'eks' })).toThrow(new BuildError("g.yaml: cloud must be 'gke'"));
  });
});

test.each([
  ['HelmChartInflationGenerator', 'g.yaml: this build inflates no Helm charts'],
  ['LabelTransformer', 'g.yaml: there is no generator of this kind'],
])('%s is refused', (kind, message) => {
  expect(() => made(kind, {})).toThrow(new BuildError(message));
});
