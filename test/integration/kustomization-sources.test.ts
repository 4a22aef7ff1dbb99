import { type Artifact, buckets, externalArtifacts, kustomizations, ociRepositories } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { startBucketServer, startRegistry } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { filesLayer, ociRepository, push } from './oci-artifacts.ts';
import { ownCluster } from './own-controller.ts';
import { ownToolkit } from './own-toolkit.ts';
import { condition, failsWith, isReady, isStalled, resources, type Testbed, testbed } from './testbed.ts';

const cluster = ownCluster();

const says = (bed: Testbed, name: string, key: string) =>
  bed.until(resources.configMap, name, (it) => (it as { readonly data?: Readonly<Record<string, string>> }).data?.key === key);

test('an OCIRepository is applied, and its origin is in status, history and events; a new artifact is applied as it comes', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry();
  const first = await push(registry, 'latest', { 'app.yaml': configMap('app', { key: 'first' }) });
  await ociRepository(bed, registry);
  await bed.kustomization('app', { sourceRef: { kind: 'OCIRepository', name: 'app' } });

  const applied = await bed.applier('app', isReady);
  const revision = `latest@${first.digest}`;
  expect(applied.status).toMatchObject({
    lastAppliedRevision: revision,
    lastAttemptedRevision: revision,
    lastAppliedOriginRevision: 'main@sha1:latest',
    history: [{ lastReconciledStatus: 'ReconciliationSucceeded', metadata: { revision, originRevision: 'main@sha1:latest' } }],
  });
  await expect
    .poll(
      async () => {
        const { items } = await bed.client.list(resources.event, {
          namespace: bed.namespace,
          fieldSelector: 'involvedObject.kind=Kustomization,involvedObject.name=app',
          signal: bed.signal,
        });
        return items.map(({ metadata }) => metadata.annotations);
      },
      { timeout: 5_000 },
    )
    .toContainEqual(
      expect.objectContaining({
        'kustomize.toolkit.fluxcd.io/revision': revision,
        'kustomize.toolkit.fluxcd.io/originRevision': 'main@sha1:latest',
      }),
    );

  await registry.pushArtifact({
    repository: 'team/app',
    tag: 'latest',
    layers: [
      {
        mediaType: 'application/vnd.cncf.flux.content.v1.tar+gzip',
        content: filesLayer({ 'app.yaml': configMap('app', { key: 'second' }) }),
      },
    ],
  });
  await bed.request(ociRepositories, 'app');
  await says(bed, 'app', 'second');
  const followed = await bed.applier('app', (it) => isReady(it) && it.status?.lastAppliedRevision !== revision);
  expect(followed.status?.lastAppliedOriginRevision).toBeUndefined();
});

test('what is told of a deletion says what was applied, and where it comes from', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry();
  await push(registry, 'latest', { 'app.yaml': configMap('app', {}) });
  await ociRepository(bed, registry);
  await bed.kustomization('app', { sourceRef: { kind: 'OCIRepository', name: 'app' } });
  await bed.applier('app', isReady);

  await bed.client.delete(kustomizations, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
  await expect
    .poll(
      async () => {
        const { items } = await bed.client.list(resources.event, { namespace: bed.namespace, signal: bed.signal });
        return items.find(({ message }) => String(message).endsWith('deleted'))?.metadata.annotations;
      },
      { timeout: 20_000 },
    )
    .toHaveProperty(['kustomize.toolkit.fluxcd.io/originRevision']);
});

test('a Bucket of another namespace is applied', async () => {
  await using bed = await testbed();
  await using elsewhere = await testbed();
  await using server = await startBucketServer();
  await server.createBucket('apps');
  await server.putObject('apps', 'deploy/app.yaml', configMap('app', { key: 'bucket' }));
  const data = { accesskey: btoa(server.accessKey), secretkey: btoa(server.secretKey) };
  await elsewhere.apply(resources.secret, { metadata: { name: 'login' }, data });
  await elsewhere.apply(buckets as unknown as Resource, {
    metadata: { name: 'apps' },
    spec: { interval: '10m', bucketName: 'apps', endpoint: server.endpoint, insecure: true, secretRef: { name: 'login' } },
  });
  await bed.kustomization('app', { path: './deploy', sourceRef: { kind: 'Bucket', name: 'apps', namespace: elsewhere.namespace } });
  await says(bed, 'app', 'bucket');
  expect((await bed.applier('app', isReady)).status?.lastAppliedRevision).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('an ExternalArtifact is refused while its feature gate is off', async () => {
  await using bed = await testbed();
  await bed.kustomization('app', { sourceRef: { kind: 'ExternalArtifact', name: 'site' } });
  const refused = await bed.applier('app', isStalled);
  expect(condition(refused, 'Ready')).toMatchObject({
    status: 'False',
    reason: 'AccessDenied',
    message: `can't access 'ExternalArtifact/${bed.namespace}/site', ExternalArtifact feature gate is disabled`,
  });
});

test('an ExternalArtifact is applied while its feature gate is on, whoever made it, and as soon as there is one', async () => {
  await using bed = await cluster.testbed();
  await using _toolkit = await ownToolkit(cluster, bed, ['--feature-gates=ExternalArtifact=true']);
  await bed.kustomization('app', { sourceRef: { kind: 'ExternalArtifact', name: 'site' } });
  await bed.applier('app', failsWith('ArtifactFailed'));

  // Somebody else's artifact server is, to us, an address and a digest: those of a GitRepository's artifact will do.
  const repository = await bed.repository({ 'app.yaml': configMap('app', { key: 'external' }) });
  await bed.gitRepository('repo', { url: repository.url });
  const { artifact } = (await bed.source('repo', isReady)).status ?? {};
  const revision = `latest@${artifact?.digest}`;
  await bed.apply(externalArtifacts as unknown as Resource, { metadata: { name: 'site' } });
  const external: Artifact = { ...(artifact as Artifact), revision, metadata: { 'org.opencontainers.image.revision': 'v1@sha1:1' } };
  await bed.client.patch(
    externalArtifacts,
    { key: { namespace: bed.namespace, name: 'site' }, patch: { type: 'merge', body: { status: { artifact: external } } } },
    { signal: bed.signal, subresource: 'status', fieldManager: 'them' },
  );
  await says(bed, 'app', 'external');
  expect((await bed.applier('app', isReady)).status).toMatchObject({
    lastAppliedRevision: revision,
    lastAppliedOriginRevision: 'v1@sha1:1',
  });
  await bed.client.delete(kustomizations, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
});

test('a source of another namespace is refused with --no-cross-namespace-refs, whatever its kind, and is not looked at', async () => {
  await using bed = await cluster.testbed();
  await using _toolkit = await ownToolkit(cluster, bed, ['--no-cross-namespace-refs', '--feature-gates=ExternalArtifact=true']);
  for (const kind of ['GitRepository', 'OCIRepository', 'Bucket', 'ExternalArtifact'] as const) {
    const name = kind.toLowerCase();
    await bed.kustomization(name, { sourceRef: { kind, name: 'x', namespace: 'elsewhere' } });
    const refused = await bed.applier(name, isStalled);
    expect(condition(refused, 'Ready')).toMatchObject({
      reason: 'AccessDenied',
      message: `can't access '${kind}/elsewhere/x', cross-namespace references have been blocked`,
    });
  }
});
