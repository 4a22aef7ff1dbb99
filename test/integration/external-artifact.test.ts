import { externalArtifacts } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { isReady, testbed } from './testbed.ts';

const artifact = {
  path: 'externalartifact/apps/site/1.tar.gz',
  url: 'http://watcher.flux-system.svc.cluster.local./externalartifact/apps/site/1.tar.gz',
  revision: `latest@sha256:${'a'.repeat(64)}`,
  digest: `sha256:${'b'.repeat(64)}`,
  lastUpdateTime: '2026-01-01T00:00:00Z',
  size: 1024,
  metadata: { 'org.opencontainers.image.revision': 'main@sha1:c' },
};
const conditions = [{ type: 'Ready', status: 'True', reason: 'Succeeded', message: 'made', lastTransitionTime: '2026-01-01T00:00:00Z' }];

test('an ExternalArtifact says what its controller makes it say; nobody else writes to it, or holds it', async () => {
  await using bed = await testbed();
  const spec = { sourceRef: { apiVersion: 'example.com/v1', kind: 'Site', name: 'site', namespace: 'elsewhere' } };
  await bed.apply(externalArtifacts as unknown as Resource, { metadata: { name: 'site' }, spec });
  await bed.apply(externalArtifacts as unknown as Resource, { metadata: { name: 'bare' } });
  const key = { namespace: bed.namespace, name: 'site' };
  const patch = { type: 'merge', body: { status: { artifact, conditions } } } as const;
  const written = await bed.client.patch(
    externalArtifacts,
    { key, patch },
    { signal: bed.signal, subresource: 'status', fieldManager: 'them' },
  );

  // Long enough for a controller that felt responsible: another kind has been reconciled from beginning to end.
  const repository = await bed.repository({ 'a.yaml': 'a: 1\n' });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.source('repo', isReady);
  const still = await bed.get(externalArtifacts, 'site');
  expect(still?.metadata.resourceVersion).toBe(written.metadata.resourceVersion);
  expect(still).toMatchObject({ spec, status: { artifact, conditions } });
  const bare = await bed.get(externalArtifacts, 'bare');
  expect([bare?.metadata.finalizers, bare?.status]).toEqual([undefined, undefined]);

  await bed.client.delete(externalArtifacts, key, { signal: bed.signal });
  expect(await bed.get(externalArtifacts, 'site')).toBeUndefined();
  expect(await bed.events('ExternalArtifact', 'site')).toEqual([]);
});

test('an ExternalArtifact without what consumers need is refused by the schema', async () => {
  await using bed = await testbed();
  await bed.apply(externalArtifacts as unknown as Resource, { metadata: { name: 'site' } });
  const key = { namespace: bed.namespace, name: 'site' };
  for (const broken of [
    { ...artifact, digest: 'none' },
    { ...artifact, revision: undefined },
    { ...artifact, url: undefined },
  ]) {
    const patch = { type: 'merge', body: { status: { artifact: broken } } } as const;
    const refused = bed.client.patch(
      externalArtifacts,
      { key, patch },
      { signal: bed.signal, subresource: 'status', fieldManager: 'them' },
    );
    await expect(refused).rejects.toMatchObject({ status: 422 });
  }
});
