import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitions, gitRepositories, kustomizations, renderCrd } from '@gotk/api';
import type { KubeObject, Resource, Unstructured } from '@gotk/apimachinery';
import { customResourceDefinitions, eventually, installCrds, startControlPlane, startToolkit } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { failsWith, isReady, isStalled, testbed } from './testbed.ts';

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

test('objects that were stored past their schema stall, each by itself, and can be deleted; the others go on', async () => {
  await using plane = await startControlPlane({ controllerManager: false });
  await using bed = await testbed(plane);
  const directory = await mkdtemp(join(tmpdir(), 'gotk-past-schema-'));
  await using _directory = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }) };
  for (const definition of definitions)
    await bed.client.apply(customResourceDefinitions, lax(renderCrd(definition)), {
      fieldManager: 'test',
      force: true,
      signal: bed.signal,
    });
  await eventually(() => bed.client.list(kustomizations, { signal: bed.signal }));
  await eventually(() => bed.client.list(gitRepositories, { signal: bed.signal }));
  const store = (resource: Resource, name: string, spec: unknown) =>
    bed.apply(resource, { metadata: { name }, ...(spec === undefined ? {} : { spec }) });
  for (const [name, spec] of Object.entries(brokenSources)) await store(gitRepositories as unknown as Resource, name, spec);
  for (const [name, spec] of Object.entries(brokenAppliers)) await store(kustomizations as unknown as Resource, name, spec);
  // From here on the server would refuse them, and the status of a valid object has to be a valid one.
  await installCrds(bed.client, bed.signal);

  await using toolkit = await startToolkit({ kubeconfigPath: plane.kubeconfigPath, namespace: 'default', directory });
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  // The schema has no limit, and neither have we: this one looks again in some billion centuries.
  await bed.kustomization('patient', { interval: '999999999999999999999h', path: './', namePrefix: 'patient-' });
  await bed.applier('patient', isReady);

  // The server takes no write at all of an object whose spec is not even an object: that it stands in the way of nobody is all there is to do.
  const writable = (names: Readonly<Record<string, unknown>>) => Object.keys(names).filter((name) => name !== 'spec-is-text');
  for (const name of writable(brokenSources)) expect(await bed.source(name, isStalled), name).toSatisfy(failsWith('InvalidSpec'));
  for (const name of writable(brokenAppliers)) expect(await bed.applier(name, isStalled), name).toSatisfy(failsWith('InvalidSpec'));
  for (const [resource, names] of [
    [gitRepositories, writable(brokenSources)],
    [kustomizations, writable(brokenAppliers)],
  ] as const) {
    for (const name of names)
      await bed.client.delete(resource as Resource<KubeObject>, { namespace: bed.namespace, name }, { signal: bed.signal });
    for (const name of names) await bed.untilGone(resource as Resource<KubeObject>, name);
  }
  for (const { name, logFile, healthUrl } of toolkit.controllers) {
    expect((await fetch(`${healthUrl}/readyz`)).status, name).toBe(200);
    expect(await readFile(logFile, 'utf8')).not.toMatch(/TypeError|unhandled|uncaught/i);
  }
});
