import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type OCIRepository, ociRepositories } from '@gotk/api';
import { type Registry, startRegistry } from '@gotk/testkit';
import { expect, test } from 'vitest';

import { entryOf } from '../../packages/artifact/test/tar.ts';
import { filesOf } from './artifact-files.ts';
import { CONTENT, layerOf, loginSecret, ociRepository, push, secret } from './oci-artifacts.ts';
import { condition, failsWith, isReady, isStalled, type Testbed, testbed } from './testbed.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;
type Front = { answer: Answer };

const passOn: Answer = () => false;

/** A registry with a good artifact, that can be made to say anything. */
async function startTrickster(options: Parameters<typeof startRegistry>[0] = {}) {
  const front: Front = { answer: passOn };
  const registry = await startRegistry({ tls: true, ...options, intercept: (request, response) => front.answer(request, response) });
  return { registry, front, [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
}

const GOOD = { 'a.yaml': 'good: true\n' };
const CHANGED = layerOf({ name: 'a.yaml', content: 'changed: true\n' });
const size = CHANGED.length;

async function goodArtifact(bed: Testbed, registry: Registry, spec: Parameters<typeof ociRepository>[2] = {}): Promise<OCIRepository> {
  await push(registry, 'latest', GOOD);
  await ociRepository(bed, registry, spec);
  return await bed.until(ociRepositories, 'app', isReady);
}

/** The object fails for the reason, and says why; what it has stays, and is served. */
async function failsBut(bed: Testbed, good: OCIRepository, { reason, message }: { readonly reason: string; readonly message: string }) {
  const failed = await bed.until(ociRepositories, 'app', failsWith(reason));
  expect(condition(failed, 'Ready')?.message).toContain(message);
  expect(condition(failed, 'FetchFailed')).toMatchObject({ status: 'True', reason });
  expect(failed.status?.artifact).toEqual(good.status?.artifact);
  expect(await filesOf(failed.status?.artifact)).toEqual(GOOD);
  return failed;
}

const respond = (response: ServerResponse, body: Buffer | string, headers: Readonly<Record<string, string>> = {}) => {
  response.writeHead(200, headers);
  response.end(body);
  return true;
};

const isBlob = ({ url = '', method }: IncomingMessage) => method === 'GET' && url.includes('/blobs/');
const isManifest = ({ url = '', method }: IncomingMessage) => method === 'GET' && url.includes('/manifests/sha256:');
const MANIFEST = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
/** Files of 1.1 GiB in 1 MiB: what was compressed by itself can be put one after the other. */
const zeros = gzipSync(Buffer.alloc(2 ** 24));
const bomb = Buffer.concat(
  Array.from({ length: 70 }, (_, index) => [gzipSync(entryOf({ name: `${index}`, size: 2 ** 24 })), zeros]).flat(),
);
const LAYER = 'OCIArtifactLayerOperationFailed';
const PULL = 'OCIArtifactPullFailed';

test.each<[string, { readonly answer: Answer; readonly reason: string; readonly message: string }]>([
  [
    'a layer of other bytes than its digest says',
    {
      answer: (request, response) => isBlob(request) && respond(response, Buffer.alloc(size, 'x')),
      reason: LAYER,
      message: 'is not what its digest says',
    },
  ],
  [
    'a layer that is shorter than it says',
    {
      answer: (request, response) => isBlob(request) && respond(response, Buffer.alloc(size - 1, 'x')),
      reason: LAYER,
      message: `ends after ${size - 1} of ${size} bytes`,
    },
  ],
  [
    'a layer that is longer than it says, and does not end',
    {
      answer(request, response) {
        if (!isBlob(request)) return false;
        response.writeHead(200);
        const timer = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
        response.on('close', () => clearInterval(timer));
        return true;
      },
      reason: LAYER,
      message: `has more than the ${size} bytes`,
    },
  ],
  [
    'a manifest of other bytes than its digest says',
    {
      answer: (request, response) => isManifest(request) && respond(response, '{}', MANIFEST),
      reason: PULL,
      message: 'is not what its digest',
    },
  ],
])('A14: %s is not taken', async (_what, { answer, reason, message }) => {
  await using bed = await testbed();
  await using trickster = await startTrickster();
  const good = await goodArtifact(bed, trickster.registry);
  await push(trickster.registry, 'latest', CHANGED);
  trickster.front.answer = answer;
  await bed.request(ociRepositories, 'app');
  const failed = await failsBut(bed, good, { reason, message });
  expect(condition(failed, 'ArtifactOutdated')?.reason).toBe('NewRevision');

  trickster.front.answer = passOn;
  await bed.request(ociRepositories, 'app');
  const healed = await bed.until(ociRepositories, 'app', isReady);
  expect(condition(healed, 'FetchFailed')).toBeUndefined();
  expect(condition(healed, 'ArtifactOutdated')).toBeUndefined();
});

test('A14: an artifact whose tag moves while it is pulled is of one revision, the one that was resolved', async () => {
  await using bed = await testbed();
  await using trickster = await startTrickster();
  const { registry, front } = trickster;
  // Long before the object: whose Secret is news looks a second time, and finds the tag where it has moved to.
  await secret(bed, 'tls', { 'ca.crt': registry.ca ?? '' });
  const first = await push(registry, 'latest', GOOD);
  const pushed: Promise<unknown>[] = [];
  front.answer = (request) => {
    if (isManifest(request)) pushed.push(push(registry, 'latest', CHANGED));
    return false;
  };
  await ociRepository(bed, registry);
  const stored = await bed.until(ociRepositories, 'app', isReady);
  await Promise.all(pushed);
  expect(pushed).toHaveLength(1);
  expect(stored.status?.artifact?.revision).toBe(`latest@${first.digest}`);
  expect(await filesOf(stored.status?.artifact)).toEqual(GOOD);
});

test.each([
  ['a link-local address', 'http://169.254.169.254/latest'],
  ['somebody else', 'https://evil.example/token'],
])('A13: a registry that wants the login to be sent to %s gets nothing', async (_what, realm) => {
  await using bed = await testbed();
  await using trickster = await startTrickster({ auth: 'basic' });
  const { registry, front } = trickster;
  await loginSecret(bed, 'login', registry);
  const good = await goodArtifact(bed, registry, { secretRef: { name: 'login' } });
  front.answer = (_request, response) => {
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="x"` });
    response.end();
    return true;
  };
  await bed.request(ociRepositories, 'app');
  await failsBut(bed, good, { reason: PULL, message: `realm ${realm} not allowed` });
});

test.each([
  ['no gzip', Buffer.from('kind: ConfigMap\n'), 'is no sound gzip file'],
  ['a tar without gzip', Buffer.alloc(10_240), 'is no sound gzip file'],
  ['an archive that ends too early', layerOf({ name: 'a', content: randomBytes(5_000) }).subarray(0, 2_000), 'is no sound gzip file'],
  [
    'a name that leads out of it',
    layerOf({ name: '../../../../tmp/pwned', content: 'x' }),
    'must not be unpacked: "../../../../tmp/pwned"',
  ],
  ['two files of one name', layerOf({ name: 'a' }, { name: 'a', content: 'b' }), 'two entries of the same name'],
  [
    'more entries than anybody needs',
    gzipSync(Buffer.alloc(100_001 * 512, entryOf({ name: 'link', type: '2' }))),
    'more than 100000 entries',
  ],
  ['more bytes than it seems', bomb, 'unpacks to more than 1073741824 bytes'],
] as const)('row 33: a layer with %s is refused', async (_what, layer, message) => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  const good = await goodArtifact(bed, registry);
  await push(registry, 'latest', layer);
  await bed.request(ociRepositories, 'app');
  await failsBut(bed, good, { reason: LAYER, message });
});

test('row 33: links and devices of a layer are left out, also where a file seems to lie behind one', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  const layer = layerOf(
    { name: 'passwd', type: '2', linkTo: '/etc/passwd' },
    { name: 'etc', type: '2', linkTo: '/etc' },
    { name: 'etc/passwd', content: 'ours' },
    { name: 'hard', type: '1', linkTo: '/etc/shadow' },
    { name: 'null', type: '3' },
    { name: 'a.yaml', content: 'a: 1\n', mode: 0o4755 },
  );
  await push(registry, 'latest', layer);
  await ociRepository(bed, registry);
  const stored = await bed.until(ociRepositories, 'app', isReady);
  expect(await filesOf(stored.status?.artifact)).toEqual({ 'a.yaml': 'a: 1\n', 'etc/passwd': 'ours' });
});

const config = { mediaType: 'application/vnd.cncf.flux.config.v1+json', digest: `sha256:${'0'.repeat(64)}`, size: 2 };
const layer = (digest: string, bytes: unknown = 10) => ({ mediaType: CONTENT, digest, size: bytes });

test.each<[string, object, { readonly reason: string; readonly message: string }]>([
  ['no layers', { config, layers: [] }, { reason: LAYER, message: 'no layers found in artifact' }],
  ['a digest that is a path', { config, layers: [layer('sha256:../../../etc/passwd')] }, { reason: PULL, message: 'cannot be verified' }],
  ['a digest in capitals', { config, layers: [layer(`sha256:${'A'.repeat(64)}`)] }, { reason: PULL, message: 'cannot be verified' }],
  [
    'a digest of an algorithm that proves nothing',
    { config, layers: [layer('md5:0123456789abcdef0123456789abcdef')] },
    { reason: PULL, message: 'cannot be verified' },
  ],
  ['a size below zero', { config, layers: [layer(config.digest, -1)] }, { reason: PULL, message: 'is not a number of bytes' }],
  ['a layer larger than is taken', { config, layers: [layer(config.digest, 2 ** 40)] }, { reason: LAYER, message: 'larger than the' }],
  [
    'layers and manifests at the same time',
    { config, layers: [], manifests: [] },
    { reason: PULL, message: 'an index and an image at the same time' },
  ],
])('row 31: a manifest with %s is refused', async (_what, document, expected) => {
  await using bed = await testbed();
  await using trickster = await startTrickster();
  const { registry, front } = trickster;
  const good = await goodArtifact(bed, registry);
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST['content-type'], ...document }));
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  front.answer = ({ url = '' }, response) =>
    url.includes('/manifests/') &&
    respond(response, body, { ...MANIFEST, 'docker-content-digest': digest, 'content-length': `${body.length}` });
  await bed.request(ociRepositories, 'app');
  await failsBut(bed, good, expected);
});

test.each<[string, Partial<OCIRepository['spec']>, { readonly reason: string; readonly message: string }]>([
  [
    'a layer that the artifact does not have',
    { layerSelector: { mediaType: 'application/x' } },
    { reason: LAYER, message: "failed to find layer with media type 'application/x'" },
  ],
  ['a range without a match', { ref: { semver: '>=7' } }, { reason: 'ReadOperationFailed', message: 'no match found for semver: >=7' }],
  ['a tag that is not there', { ref: { tag: 'gone' } }, { reason: PULL, message: 'failed to determine artifact digest' }],
  ['a Secret that is not there', { secretRef: { name: 'none' } }, { reason: 'AuthenticationFailed', message: "Secret 'none' not found" }],
  ['an authority that did not sign', { certSecretRef: { name: 'other' } }, { reason: PULL, message: 'certificate' }],
])('%s is a failure that says so', async (_what, spec, expected) => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  await using other = await startRegistry({ tls: true });
  await secret(bed, 'other', { 'ca.crt': other.ca ?? '' });
  const good = await goodArtifact(bed, registry);
  await ociRepository(bed, registry, spec);
  const failed = await failsBut(bed, good, expected);
  expect(isStalled(failed)).toBe(false);
});

test.each<[string, Partial<OCIRepository['spec']>, { readonly reason: string; readonly message: string }]>([
  ['a URL with a tag', { url: 'oci://ghcr.io/team/app:v1' }, { reason: 'URLInvalid', message: "remove ':v1'" }],
  [
    'a URL of a host that is meant to look like another',
    { url: 'oci://ghcr.io@evil.example/team/app' },
    { reason: 'URLInvalid', message: 'URL validation failed' },
  ],
  ['a range that is none', { ref: { semver: 'newest, please' } }, { reason: 'ReadOperationFailed', message: 'parse error' }],
  [
    'a filter that is no expression',
    { ref: { semver: '1.x', semverFilter: '(' } },
    { reason: 'ReadOperationFailed', message: 'is not a regular expression (RE2)' },
  ],
  [
    'row 31: a digest that is a path',
    { ref: { digest: 'sha256:../../../etc/passwd' } },
    { reason: PULL, message: 'is not a digest that can be verified' },
  ],
])('%s stalls: only another spec can help', async (_what, spec, expected) => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  const good = await goodArtifact(bed, registry);
  await ociRepository(bed, registry, spec);
  const failed = await failsBut(bed, good, expected);
  expect(condition(failed, 'Stalled')).toMatchObject({ status: 'True', reason: expected.reason });
});

test.each(['basic', 'token'] as const)(
  'a wrong password (%s) is said without the password; a corrected, watched Secret heals it',
  async (auth) => {
    await using bed = await testbed();
    await using registry = await startRegistry({ tls: true, auth });
    await loginSecret(bed, 'login', registry);
    const good = await goodArtifact(bed, registry, { secretRef: { name: 'login' } });
    await loginSecret(bed, 'login', { ...registry, login: { ...registry.login, password: 'CANARY-wrong' } });
    const failed = await failsBut(bed, good, { reason: PULL, message: 'failed to determine artifact digest' });
    expect(JSON.stringify(failed)).not.toMatch(/CANARY|Q0FOQVJZ/);
    await loginSecret(bed, 'login', registry);
    await bed.until(ociRepositories, 'app', isReady);
  },
);

test('row 31: a login for a registry is not sent to one whose name only begins like it', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true, auth: 'basic' });
  await push(registry, 'latest', GOOD);
  // Of the same host with another port, which begins alike.
  await loginSecret(bed, 'login', { ...registry, host: registry.host.slice(0, -1) });
  await ociRepository(bed, registry, { secretRef: { name: 'login' } });
  await bed.until(ociRepositories, 'app', failsWith(PULL));
  expect(registry.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
});

test('a registry that sends us for its blobs to where anybody could listen is not followed', async () => {
  await using bed = await testbed();
  await using trickster = await startTrickster({ auth: 'basic' });
  const { registry, front } = trickster;
  const seen: (string | undefined)[] = [];
  const elsewhere = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end(CHANGED);
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  try {
    const address = elsewhere.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    // From https to http: refused, whatever lies there.
    front.answer = (request, response) => {
      if (!isBlob(request)) return false;
      response.writeHead(307, { location: `http://127.0.0.1:${port}/blob` });
      response.end();
      return true;
    };
    await push(registry, 'latest', CHANGED);
    await loginSecret(bed, 'login', registry);
    await ociRepository(bed, registry, { secretRef: { name: 'login' } });
    const failed = await bed.until(ociRepositories, 'app', failsWith(LAYER));
    expect(condition(failed, 'Ready')?.message).toContain('redirects to http://: refused');
    expect(seen).toEqual([]);
  } finally {
    elsewhere.close();
  }
});

test('a registry that does not answer is given up on when spec.timeout is over', async () => {
  await using bed = await testbed();
  await using trickster = await startTrickster();
  const good = await goodArtifact(bed, trickster.registry, { timeout: '1s' });
  trickster.front.answer = () => true;
  const started = performance.now();
  await bed.request(ociRepositories, 'app');
  await failsBut(bed, good, { reason: PULL, message: 'failed to determine artifact digest' });
  expect(performance.now() - started).toBeLessThan(5_000);
});

test('row 35: a filter that would take others for ever is done at once, whatever the tags', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  for (const tag of ['1.0.0', `1.0.1-${'a'.repeat(100)}`]) await push(registry, tag, GOOD);
  await ociRepository(bed, registry, { ref: { semver: '>=1.0.0-0', semverFilter: '^(([a-z0-9.-])+)+$|(a+)+!$' }, timeout: '5s' });
  const stored = await bed.until(ociRepositories, 'app', isReady);
  expect(stored.status?.artifact?.revision).toMatch(/^1\.0\.1-a+@/);
});
