import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buckets,
  definitions,
  type GitRepository,
  gitRepositories,
  helmCharts,
  helmRepositories,
  kustomizations,
  ociRepositories,
  renderCrd,
} from '@gotk/api';
import type { KubeObject, Resource, Unstructured } from '@gotk/apimachinery';
import { customResourceDefinitions, eventually, installCrds, startToolkit } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { failsWith, isReady, isStalled } from './testbed.ts';

/** The CRD with a schema that takes anything: what an object may have been stored under before ours was. */
function lax(crd: ReturnType<typeof renderCrd>): Unstructured {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const versions = crd.spec.versions.map((version) => ({ ...version, schema: { openAPIV3Schema: anything } }));
  return { ...crd, spec: { ...crd.spec, versions } } as Unstructured;
}

const source = { url: 'http://127.0.0.1:9/x.git', interval: '1m' };
const applier = { interval: '1m', prune: true, sourceRef: { kind: 'GitRepository', name: 'repo' } };

const brokenSources: Readonly<Record<string, unknown>> = {
  'no-spec': undefined,
  'spec-is-text': 'nonsense',
  'interval-days': { ...source, interval: '1d' },
  'interval-negative': { ...source, interval: '-1s' },
  'interval-empty': { ...source, interval: '' },
  'interval-number': { ...source, interval: 9e18 },
  'url-list': { ...source, url: ['x'] },
  'ref-text': { ...source, ref: 'main' },
  'secret-text': { ...source, secretRef: 'login' },
  'timeout-hours': { ...source, timeout: '1h' },
  'suspend-text': { ...source, suspend: 'maybe' },
};

const brokenAppliers: Readonly<Record<string, unknown>> = {
  'no-spec': undefined,
  'no-source': { interval: '1m', prune: true },
  'source-text': { ...applier, sourceRef: 'repo' },
  'depends-text': { ...applier, dependsOn: 'nonsense' },
  'depends-numbers': { ...applier, dependsOn: [1, null, { name: 2 }] },
  'patches-map': { ...applier, patches: { patch: 'x' } },
  'prune-text': { ...applier, prune: 'yes' },
  'images-text': { ...applier, images: 'x' },
  'health-text': { ...applier, healthChecks: 'x' },
  'policy-other': { ...applier, deletionPolicy: 'Explode' },
  'metadata-numbers': { ...applier, commonMetadata: { labels: { a: 1 } } },
};

/** What any kind can have wrong. */
const broken = (spec: object): Readonly<Record<string, unknown>> => ({
  'no-spec': undefined,
  'spec-is-text': 'nonsense',
  'interval-days': { ...spec, interval: '1d' },
  'interval-negative': { ...spec, interval: '-1s' },
  'interval-number': { ...spec, interval: 5 },
  'timeout-negative': { ...spec, timeout: '-1s' },
  'suspend-text': { ...spec, suspend: 'maybe' },
});

const image = { interval: '1m', url: 'oci://127.0.0.1:9/x' };
const index = { interval: '1m', url: 'http://127.0.0.1:9/' };
const chart = { interval: '1m', chart: 'x', sourceRef: { kind: 'HelmRepository', name: 'x' } };
const bucket = { interval: '1m', bucketName: 'x', endpoint: '127.0.0.1:9' };

const BROKEN: readonly (readonly [Resource<KubeObject>, Readonly<Record<string, unknown>>])[] = [
  [gitRepositories, brokenSources],
  [kustomizations, brokenAppliers],
  [
    ociRepositories,
    {
      ...broken(image),
      'url-number': { ...image, url: 1 },
      'ref-list': { ...image, ref: ['latest'] },
      'selector-text': { ...image, layerSelector: 'first' },
      'verify-text': { ...image, verify: 'cosign' },
      'ignore-number': { ...image, ignore: 9e18 },
    },
  ],
  [
    helmRepositories,
    {
      ...broken(index),
      'url-map': { ...index, url: {} },
      'type-other': { ...index, type: 'ftp' },
      'pass-text': { ...index, passCredentials: 'yes' },
    },
  ],
  [
    helmCharts,
    {
      ...without(broken(chart), 'timeout-negative'),
      'source-text': { ...chart, sourceRef: 'x' },
      'source-kind': { ...chart, sourceRef: { kind: 'Secret', name: 'x' } },
      'values-text': { ...chart, valuesFiles: 'values.yaml' },
      'strategy-other': { ...chart, reconcileStrategy: 'Never' },
    },
  ],
  [
    buckets,
    {
      ...broken(bucket),
      'provider-other': { ...bucket, provider: 'floppy' },
      'sts-text': { ...bucket, sts: 'aws' },
      'prefix-list': { ...bucket, prefix: ['x'] },
      'endpoint-missing': { interval: '1m', bucketName: 'x' },
    },
  ],
];

function without(names: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(names).filter(([each]) => each !== name));
}

// Its CRDs are not ours at first.
const cluster = ownCluster({ crds: false });

test('A25: objects that were stored past their schema stall, each by itself, and can be deleted; the others go on', async () => {
  await using bed = await cluster.testbed();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-past-schema-'));
  await using _directory = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }) };
  for (const definition of definitions)
    await bed.client.apply(customResourceDefinitions, lax(renderCrd(definition)), {
      fieldManager: 'test',
      force: true,
      signal: bed.signal,
    });
  for (const [resource] of BROKEN) await eventually(() => bed.client.list(resource, { signal: bed.signal }));
  const store = (resource: Resource, name: string, spec: unknown) =>
    bed.apply(resource, { metadata: { name }, ...(spec === undefined ? {} : { spec }) });
  for (const [resource, specs] of BROKEN)
    await Promise.all(Object.entries(specs).map(([name, spec]) => store(resource as unknown as Resource, name, spec)));
  // From here on the server would refuse them, and the status of a valid object has to be a valid one.
  await installCrds(bed.client, bed.signal);

  await using toolkit = await startToolkit({ kubeconfigPath: cluster.kubeconfigPath, namespace: 'default', directory });
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  // The schema has no limit, and neither have we: this one looks again in some billion centuries.
  await bed.kustomization('patient', { interval: '999999999999999999999h', path: './', namePrefix: 'patient-' });
  await bed.applier('patient', isReady);

  // The server takes no write at all of an object whose spec is not even an object, or that its rules cannot be asked about: that it stands in the way of
  // nobody is all there is to do.
  const writable = (names: Readonly<Record<string, unknown>>) =>
    Object.keys(names).filter((name) => !['spec-is-text', 'sts-text'].includes(name));
  for (const [resource, specs] of BROKEN) {
    for (const name of writable(specs))
      expect(await bed.until(resource as Resource<GitRepository>, name, isStalled), `${resource.kind} ${name}`).toSatisfy(
        failsWith('InvalidSpec'),
      );
  }
  // What is mended heals without anybody's help.
  await store(gitRepositories as unknown as Resource, 'interval-days', { url: repository.url, ref: { branch: 'main' }, interval: '10m' });
  await bed.source('interval-days', isReady);
  for (const [resource, specs] of BROKEN) {
    for (const name of writable(specs)) await bed.client.delete(resource, { namespace: bed.namespace, name }, { signal: bed.signal });
    for (const name of writable(specs)) await bed.untilGone(resource, name);
  }
  for (const { name, logFile, healthUrl } of toolkit.controllers) {
    expect((await fetch(`${healthUrl}/readyz`)).status, name).toBe(200);
    expect(await readFile(logFile, 'utf8')).not.toMatch(/TypeError|unhandled|uncaught/i);
  }
});
