import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { type Registry, startRegistry } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { never, rejection } from '../../test/scripted-registry.ts';
import {
  chartLayers,
  chartRepository,
  chartTag,
  connect,
  createRegistrySessions,
  layerOf,
  metadataOf,
  parseDigest,
  parseRepository,
  type RegistryOptions,
  type RemoteRepository,
  renderRevision,
  resolveChartVersion,
  resolveReference,
} from '../index.ts';

const FLUX_LAYER = 'application/vnd.cncf.flux.content.v1.tar+gzip';
const CONTENT = gzipSync('a tar, more or less');
const NOBODY = { kind: 'anonymous' } as const;
const RESOLVE = () => ({ signal: never(), clock: fakeClock() });

/** The repository `team/app`, as the registry's own user unless told. */
function open(registry: Registry, options: Partial<RegistryOptions> = {}): RemoteRepository {
  return connect({
    repository: parseRepository(`oci://${registry.host}/team/app`),
    access: registry.ca === undefined ? {} : { ca: registry.ca },
    login: { kind: 'basic', origin: registry.url, ...registry.login },
    reach: 'anywhere',
    insecure: false,
    clock: fakeClock(),
    sessions: createRegistrySessions(),
    ...options,
  });
}

const push = (registry: Registry, tag: string, content: Uint8Array = CONTENT) =>
  registry.pushArtifact({
    repository: 'team/app',
    tag,
    layers: [{ mediaType: FLUX_LAYER, content }],
    annotations: { 'org.opencontainers.image.revision': `main@sha1:${tag}` },
  });

const saved = async (remote: RemoteRepository, layer: Parameters<RemoteRepository['saveBlob']>[0]): Promise<Buffer> => {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-oci-'));
  try {
    await remote.saveBlob(layer, join(directory, 'layer'), { signal: never(), maxBytes: 1_000_000 });
    return await readFile(join(directory, 'layer'));
  } finally {
    await rm(directory, { recursive: true });
  }
};

describe.each([
  { tls: true, auth: 'token' },
  { tls: true, auth: 'basic' },
  { tls: true, auth: 'none' },
  { tls: false, auth: 'token' },
] as const)('a registry with %j', (kind) => {
  test('gives what was pushed', async () => {
    await using registry = await startRegistry(kind);
    const { digest, layers } = await push(registry, '1.2.3');
    await push(registry, '1.3.0-rc.1');
    using remote = open(registry, { insecure: !kind.tls });

    const revision = await resolveReference(remote, { semver: '1.x' }, RESOLVE());
    const image = await remote.image(revision.digest, never());

    expect(renderRevision(revision)).toBe(`1.2.3@${digest}`);
    expect(metadataOf(image)).toEqual({ 'org.opencontainers.image.revision': 'main@sha1:1.2.3' });
    expect(layerOf(image, { mediaType: FLUX_LAYER })).toMatchObject({ digest: layers[0]?.digest });
    expect(await saved(remote, layerOf(image))).toEqual(CONTENT);
  });
});

describe('an artifact that has not changed', () => {
  test.each([
    { auth: 'token', first: 3 },
    { auth: 'basic', first: 2 },
    { auth: 'none', first: 1 },
  ] as const)('costs one request with auth $auth, and $first the first time', async ({ auth, first }) => {
    await using registry = await startRegistry({ tls: true, auth });
    const { digest } = await push(registry, 'latest');
    const sessions = createRegistrySessions();
    for (const requests of [first, first + 1, first + 2]) {
      using remote = open(registry, { sessions });
      expect(renderRevision(await resolveReference(remote, {}, RESOLVE()))).toBe(`latest@${digest}`);
      expect(registry.requests).toHaveLength(requests);
    }
  });
});

test('a tag that moves between resolving and pulling changes nothing: revision and bytes are of one manifest (row 31, A14)', async () => {
  await using registry = await startRegistry({ tls: true, auth: 'token' });
  await push(registry, 'latest');
  using remote = open(registry);
  const { digest } = await resolveReference(remote, {}, RESOLVE());

  await push(registry, 'latest', gzipSync('something else'));

  expect(await saved(remote, layerOf(await remote.image(digest, never())))).toEqual(CONTENT);
});

describe('who is not let in', () => {
  test.each([
    ['with a wrong password', { kind: 'basic', username: 'testkit', password: 'CANARY-wrong' }],
    ['with no login', NOBODY],
    ['with a wrong token', { kind: 'bearer', token: 'CANARY-token' }],
  ] as const)('%s learns that, and no more', async (_how, login) => {
    for (const auth of ['token', 'basic'] as const) {
      await using registry = await startRegistry({ tls: true, auth });
      await push(registry, 'latest');
      using remote = open(registry, { login: login.kind === 'anonymous' ? login : { ...login, origin: registry.url } });
      const error = await rejection(resolveReference(remote, {}, RESOLVE()));
      expect(error).toMatchObject({ kind: 'unauthorized' });
      expect(String(error)).not.toContain('CANARY');
    }
  });

  test('may read what everybody may', async () => {
    await using registry = await startRegistry({ tls: true, auth: 'token', anonymousPull: true });
    const { digest } = await push(registry, 'latest');
    using remote = open(registry, { login: NOBODY });
    expect((await resolveReference(remote, {}, RESOLVE())).digest).toBe(digest);
  });
});

test('a tag or a repository that is not there is told in the registry’s words', async () => {
  await using registry = await startRegistry({ tls: true });
  using remote = open(registry);
  expect(await rejection(resolveReference(remote, { tag: 'none' }, RESOLVE()))).toMatchObject({
    kind: 'not-found',
    message: `GET ${registry.url}/v2/team/app/manifests/none: MANIFEST_UNKNOWN: manifest unknown`,
  });
  expect(await rejection(resolveReference(remote, { semver: '*' }, RESOLVE()))).toMatchObject({
    kind: 'not-found',
    message: `GET ${registry.url}/v2/team/app/tags/list: NAME_UNKNOWN: repository name not known to registry`,
  });
});

test('an authority that nobody trusts is told, and no password is', async () => {
  await using registry = await startRegistry({ tls: true, auth: 'basic' });
  for (const insecure of [false, true]) {
    using remote = open(registry, { access: {}, insecure });
    expect(await rejection(remote.digestOf('latest', never()))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('certificate'),
    });
  }
  expect(registry.requests).toEqual([]);
});

test('a chart is found by its version, with + in it', async () => {
  await using registry = await startRegistry({ tls: true, auth: 'token' });
  await registry.pushArtifact({
    repository: 'team/charts/podinfo',
    tag: '6.2.0_build.5',
    configMediaType: 'application/vnd.cncf.helm.config.v1+json',
    layers: [
      { mediaType: 'application/vnd.cncf.helm.chart.provenance.v1.prov', content: 'signed' },
      { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', content: CONTENT },
    ],
  });
  using remote = open(registry, { repository: chartRepository(`oci://${registry.host}/team/charts`, 'podinfo') });

  const version = await resolveChartVersion(remote, '>=6.0.0', never());
  const digest = await remote.digestOf(chartTag(version), never());
  const { chart, provenance } = chartLayers(await remote.image(digest, never()));

  expect(version).toBe('6.2.0+build.5');
  expect(await saved(remote, chart)).toEqual(CONTENT);
  expect(provenance && (await remote.readBlob(provenance, { signal: never(), maxBytes: 1_000 })).toString()).toBe('signed');
});

test('what is attached to an artifact is found by its tag, as this registry keeps no list', async () => {
  await using registry = await startRegistry({ tls: true });
  const { digest, mediaType, size } = await push(registry, 'latest');
  const artifactType = 'application/vnd.cncf.notary.signature';
  const signature = await registry.pushArtifact({ repository: 'team/app', layers: [], artifactType, subject: { mediaType, digest, size } });
  const manifests = [{ mediaType, digest: signature.digest, size: signature.size, artifactType }];
  await registry.pushManifest(`team/app:${digest.replace(':', '-')}`, {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests,
  });
  using remote = open(registry);

  expect(await remote.referrers(parseDigest(digest), never())).toMatchObject([{ digest: signature.digest, artifactType }]);
});
