import { type OCIRepository, ociRepositories } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { startProxy, startRegistry } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { fetchArtifact, filesOf } from './artifact-files.ts';
import { asked, CONTENT, filesLayer, loginSecret, look, ociRepository, push, REPOSITORY, secret } from './oci-artifacts.ts';
import { condition, failsWith, isReady, isStalled, testbed } from './testbed.ts';

const revisionIs = (revision: string) => (it: OCIRepository) => isReady(it) && it.status?.artifact?.revision === revision;

test('an artifact of a registry becomes an artifact of ours, which follows its tag; while that stays, one HEAD is all that is asked', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true, auth: 'basic' });
  const first = await push(registry, 'latest', { 'deploy/a.yaml': 'a: 1\n', 'logo.png': 'left out by default' });
  await loginSecret(bed, 'login', registry);
  await ociRepository(bed, registry, { secretRef: { name: 'login' } });

  const stored = await bed.until(ociRepositories, 'app', isReady);
  const { artifact, url } = stored.status ?? {};
  const revision = `latest@${first.digest}`;
  expect(artifact).toMatchObject({
    revision,
    path: `ocirepository/${bed.namespace}/app/${first.digest.slice('sha256:'.length)}.tar.gz`,
    metadata: { 'org.opencontainers.image.source': 'https://git.example/app.git', 'org.opencontainers.image.revision': 'main@sha1:latest' },
  });
  expect(url).toMatch(new RegExp(`/ocirepository/${bed.namespace}/app/latest.tar.gz$`));
  expect(await filesOf(artifact)).toEqual({ 'deploy/a.yaml': 'a: 1\n' });
  const message = `stored artifact for digest '${revision}'`;
  expect(condition(stored, 'Ready')).toMatchObject({ reason: 'Succeeded', message });
  expect(condition(stored, 'ArtifactInStorage')).toMatchObject({ reason: 'Succeeded', message });
  const origin = "origin source 'https://git.example/app.git', origin revision 'main@sha1:latest'";
  const news = `stored artifact with revision '${revision}' from 'oci://${registry.host}/${REPOSITORY}', ${origin}`;
  await expect
    .poll(() => bed.events('OCIRepository', 'app'), { timeout: 20_000 })
    .toEqual([{ type: 'Normal', reason: 'NewArtifact', message: news }]);

  await look(bed);
  const before = registry.requests.length;
  const again = await look(bed);
  expect(again.status?.artifact).toEqual(artifact);
  expect(asked(registry, before)).toEqual([`HEAD /v2/${REPOSITORY}/manifests/latest`]);

  const second = await push(registry, 'latest', { 'deploy/a.yaml': 'a: 2\n' });
  await bed.request(ociRepositories, 'app');
  const newer = await bed.until(ociRepositories, 'app', revisionIs(`latest@${second.digest}`));
  expect(await filesOf(newer.status?.artifact)).toEqual({ 'deploy/a.yaml': 'a: 2\n' });

  await bed.client.delete(ociRepositories, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
  await bed.untilGone(ociRepositories, 'app');
  expect((await fetch(newer.status?.artifact?.url ?? '')).status).toBe(404);
});

test('a token is asked for once, and used by later runs', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true, auth: 'token' });
  await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await loginSecret(bed, 'login', registry);
  await ociRepository(bed, registry, { secretRef: { name: 'login' } });
  await bed.until(ociRepositories, 'app', isReady);
  expect(asked(registry).filter((line) => line === 'GET /token')).toHaveLength(1);

  await look(bed);
  const before = registry.requests.length;
  await look(bed);
  await look(bed);
  expect(asked(registry, before)).toEqual([`HEAD /v2/${REPOSITORY}/manifests/latest`, `HEAD /v2/${REPOSITORY}/manifests/latest`]);
});

test('a digest goes before a range of versions, that before a tag; a filter says which tags are versions', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  const digests = new Map<string, string>();
  for (const tag of ['1.0.0', '1.1.0', '1.2.0-rc.1', '2.0.0', 'stable', '6'])
    digests.set(tag, (await push(registry, tag, { 'tag.txt': tag })).digest);
  const follow = async (ref: OCIRepository['spec']['ref'], tag: string, revision = `${tag}@${digests.get(tag)}`) => {
    await ociRepository(bed, registry, { ref: ref ?? {} });
    const { status } = await bed.until(ociRepositories, 'app', revisionIs(revision));
    expect(await filesOf(status?.artifact)).toEqual({ 'tag.txt': tag });
  };
  await follow({ tag: 'stable' }, 'stable');
  await follow({ tag: 'stable', semver: '1.x' }, '1.1.0');
  await follow({ tag: 'stable', semver: '>=1.0.0-0', semverFilter: '-rc' }, '1.2.0-rc.1');
  await follow({ tag: 'stable', semver: '1.x', digest: digests.get('2.0.0') ?? '' }, '2.0.0', digests.get('2.0.0'));
});

test("versions of charts are told by their tags, in which '+' is '_'", async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  const mediaType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
  const layers = [{ mediaType, content: filesLayer({ 'app/Chart.yaml': 'name: app\n' }) }];
  await registry.pushArtifact({ repository: REPOSITORY, tag: '1.0.0', layers, annotations: { not: 'this' } });
  const { digest } = await registry.pushArtifact({ repository: REPOSITORY, tag: '1.1.0_build.7', layers });
  await ociRepository(bed, registry, { ref: { semver: '1.x' }, layerSelector: { mediaType, operation: 'copy' } });
  const { status } = await bed.until(ociRepositories, 'app', revisionIs(`1.1.0_build.7@${digest}`));
  expect(await fetchArtifact(status?.artifact)).toEqual(layers[0]?.content);
});

test('a layer is selected by its media type, and extracted or copied as it is', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  const other = filesLayer({ 'b.yaml': 'b: 1\n', '.gitignore': 'kept, if the layer is' });
  const layers = [
    { mediaType: CONTENT, content: filesLayer({ 'a.yaml': 'a: 1\n' }) },
    { mediaType: 'application/vnd.other', content: other },
  ];
  await registry.pushArtifact({ repository: REPOSITORY, tag: 'latest', layers });
  await ociRepository(bed, registry);
  expect(await filesOf((await bed.until(ociRepositories, 'app', isReady)).status?.artifact)).toEqual({ 'a.yaml': 'a: 1\n' });

  const layerSelector = { mediaType: 'application/vnd.other' };
  await ociRepository(bed, registry, { layerSelector });
  const selected = await bed.until(ociRepositories, 'app', isReady);
  expect(await filesOf(selected.status?.artifact)).toEqual({ 'b.yaml': 'b: 1\n' });
  expect(selected.status?.observedLayerSelector).toEqual(layerSelector);

  await ociRepository(bed, registry, { layerSelector: { ...layerSelector, operation: 'copy' } });
  const copied = await bed.until(ociRepositories, 'app', isReady);
  expect(await fetchArtifact(copied.status?.artifact)).toEqual(other);
  expect(copied.status?.observedLayerSelector).toEqual({ ...layerSelector, operation: 'copy' });
});

test('.sourceignore files of the layer and spec.ignore decide what is in the artifact', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  const files = { 'a.yaml': '1', 'b.txt': '2', 'sub/c.md': '3', 'sub/d.yaml': '4', 'logo.png': '5', '.git/config': '6' };
  await push(registry, 'latest', { ...files, '.sourceignore': '*.txt\n', 'sub/.sourceignore': '*.md\n' });
  await ociRepository(bed, registry);
  const paths = async () => Object.keys(await filesOf((await bed.until(ociRepositories, 'app', isReady)).status?.artifact));
  expect(await paths()).toEqual(['.sourceignore', 'a.yaml', 'logo.png', 'sub/.sourceignore', 'sub/d.yaml']);

  await ociRepository(bed, registry, { ignore: '/a.yaml\n!*.txt\n' });
  expect(await paths()).toEqual(['.sourceignore', 'b.txt', 'logo.png', 'sub/.sourceignore', 'sub/d.yaml']);
  expect((await bed.get(ociRepositories, 'app'))?.status?.observedIgnore).toBe('/a.yaml\n!*.txt\n');
});

const serviceAccounts: Resource = { group: '', version: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true };

test('the image pull secrets of a ServiceAccount log in', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true, auth: 'token' });
  await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await loginSecret(bed, 'pull', registry);
  await ociRepository(bed, registry, { serviceAccountName: 'puller' });
  const none = await bed.until(ociRepositories, 'app', failsWith('AuthenticationFailed'));
  expect(condition(none, 'Ready')?.message).toContain("ServiceAccount 'puller' not found");

  await bed.apply(serviceAccounts, { metadata: { name: 'puller' }, imagePullSecrets: [{ name: 'pull' }] });
  await bed.request(ociRepositories, 'app');
  await bed.until(ociRepositories, 'app', isReady);
});

test('the identity of a ServiceAccount is for clusters that allow it', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  await bed.apply(serviceAccounts, { metadata: { name: 'identity' } });
  await ociRepository(bed, registry, { provider: 'aws', serviceAccountName: 'identity' });
  const refused = await bed.until(ociRepositories, 'app', isStalled);
  expect(condition(refused, 'Ready')).toMatchObject({
    reason: 'FeatureGateDisabled',
    message: expect.stringContaining('please enable the ObjectLevelWorkloadIdentity feature gate'),
  });
});

test("a registry that is no cloud's gets no identity of a cloud", async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  await ociRepository(bed, registry, { provider: 'gcp' });
  const failed = await bed.until(ociRepositories, 'app', failsWith('AuthenticationFailed'));
  expect(condition(failed, 'FetchFailed')?.message).toContain('is no registry of Google');
  expect(registry.requests).toEqual([]);
});

test('a proxy stands between, if one is named', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  await using proxy = await startProxy({ login: { username: 'me', password: 'CANARY-proxy' } });
  await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await secret(bed, 'proxy', { address: proxy.url, username: 'me', password: 'CANARY-proxy' });
  await ociRepository(bed, registry, { proxySecretRef: { name: 'proxy' } });
  const stored = await bed.until(ociRepositories, 'app', isReady);
  expect(JSON.stringify(stored)).not.toContain('CANARY');
  expect(proxy.requests.map(({ target, admitted }) => ({ target, admitted }))).toContainEqual({ target: registry.host, admitted: true });
});

test('plain HTTP is for those who say insecure', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry();
  await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await ociRepository(bed, registry, { insecure: false });
  await bed.until(ociRepositories, 'app', failsWith('OCIArtifactPullFailed'));
  await ociRepository(bed, registry);
  await bed.until(ociRepositories, 'app', isReady);
});

test('a suspended object is left alone', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await ociRepository(bed, registry);
  const stored = await bed.until(ociRepositories, 'app', isReady);
  await ociRepository(bed, registry, { suspend: true });
  const before = registry.requests.length;
  await push(registry, 'latest', { 'a.yaml': 'a: 2\n' });
  await bed.request(ociRepositories, 'app');
  await ociRepository(bed, registry);
  const resumed = await bed.until(
    ociRepositories,
    'app',
    (it) => isReady(it) && it.status?.artifact?.revision !== stored.status?.artifact?.revision,
  );
  expect(await filesOf(resumed.status?.artifact)).toEqual({ 'a.yaml': 'a: 2\n' });
  // One question, one manifest, one layer: nothing was asked in between.
  expect(registry.requests.slice(before)).toHaveLength(3);
});

test('what many objects want alike is pulled once', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  const { digest, layers } = await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  const names = Array.from({ length: 10 }, (_, index) => `app-${index}`);
  await Promise.all(names.map((name) => ociRepository(bed, registry, { name })));
  const digestsOf = await Promise.all(
    names.map(async (name) => (await bed.until(ociRepositories, name, isReady)).status?.artifact?.digest),
  );
  expect(new Set(digestsOf).size).toBe(1);
  const lines = asked(registry);
  expect(lines.filter((line) => line === `GET /v2/${REPOSITORY}/manifests/${digest}`)).toHaveLength(1);
  expect(lines.filter((line) => line === `GET /v2/${REPOSITORY}/blobs/${layers[0]?.digest}`)).toHaveLength(1);
});

test('what one login may see, another may not, although it was asked for and pulled before', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true, auth: 'token' });
  const { digest } = await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await loginSecret(bed, 'login', registry);
  await ociRepository(bed, registry, { secretRef: { name: 'login' } });
  await bed.until(ociRepositories, 'app', isReady);
  for (const [name, ref] of [
    ['by-tag', { tag: 'latest' }],
    ['by-digest', { digest }],
  ] as const) {
    await ociRepository(bed, registry, { name, ref });
    const refused = await bed.until(ociRepositories, name, failsWith('OCIArtifactPullFailed'));
    expect(refused.status?.artifact).toBeUndefined();
  }
});

test('a look that finds nothing new writes nothing', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await ociRepository(bed, registry, { interval: '1s' });
  const stored = await bed.until(ociRepositories, 'app', isReady);
  const before = registry.requests.length;
  await expect.poll(() => registry.requests.length, { timeout: 20_000 }).toBeGreaterThan(before + 2);
  expect((await bed.get(ociRepositories, 'app'))?.metadata.resourceVersion).toBe(stored.metadata.resourceVersion);
});
