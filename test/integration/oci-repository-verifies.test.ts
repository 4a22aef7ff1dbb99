import { generateKeyPairSync, sign } from 'node:crypto';
import { type OCIRepository, ociRepositories } from '@gotk/api';
import { createAuthority, type PushedArtifact, type Registry, startRegistry } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { filesOf } from './artifact-files.ts';
import { asked, look, ociRepository, push, REPOSITORY, secret } from './oci-artifacts.ts';
import { condition, failsWith, isReady, isStalled, testbed } from './testbed.ts';

function keyPair() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(), privateKey };
}

type Key = ReturnType<typeof keyPair>;

/** Signs an artifact as `cosign sign --key` did before its version 3. */
async function cosignSign(registry: Registry, { digest }: PushedArtifact, { privateKey }: Key): Promise<void> {
  const payload = JSON.stringify({
    critical: {
      identity: { 'docker-reference': '' },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: null,
  });
  const signature = sign('sha256', Buffer.from(payload), privateKey).toString('base64');
  const annotations = { 'dev.cosignproject.cosign/signature': signature };
  const mediaType = 'application/vnd.dev.cosign.simplesigning.v1+json';
  await registry.pushArtifact({
    repository: REPOSITORY,
    tag: `${digest.replace(':', '-')}.sig`,
    layers: [{ mediaType, content: payload, annotations }],
  });
}

const verify = { provider: 'cosign', secretRef: { name: 'keys' } } as const;
const isVerified = (it: OCIRepository) => isReady(it) && condition(it, 'SourceVerified')?.status === 'True';

test('an artifact that is signed is taken, once; one that is not is refused until it is signed, and the last good one stays', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  const key = keyPair();
  await secret(bed, 'keys', { 'old.pub': keyPair().pem, 'cosign.pub': key.pem });
  const first = await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await cosignSign(registry, first, key);
  await ociRepository(bed, registry, { verify });
  const verified = await bed.until(ociRepositories, 'app', isVerified);
  expect(condition(verified, 'SourceVerified')).toMatchObject({
    reason: 'Succeeded',
    message: `verified signature of revision latest@${first.digest}`,
    observedGeneration: 1,
  });

  await look(bed);
  const before = registry.requests.length;
  await look(bed);
  expect(asked(registry, before)).toEqual([`HEAD /v2/${REPOSITORY}/manifests/latest`]);

  const second = await push(registry, 'latest', { 'a.yaml': 'a: 2\n' });
  await bed.request(ociRepositories, 'app');
  const failed = await bed.until(ociRepositories, 'app', failsWith('VerificationError'));
  expect(condition(failed, 'SourceVerified')).toMatchObject({
    status: 'False',
    reason: 'VerificationError',
    message: expect.stringMatching(
      /^failed to verify the signature using provider 'cosign': no matching signatures were found for '.*@sha256:/,
    ),
  });
  expect(condition(failed, 'ArtifactOutdated')?.reason).toBe('NewRevision');
  expect(failed.status?.artifact).toEqual(verified.status?.artifact);
  expect(asked(registry).filter((line) => line === `GET /v2/${REPOSITORY}/blobs/${second.layers[0]?.digest}`)).toEqual([]);
  await expect
    .poll(async () => (await bed.events('OCIRepository', 'app')).map(({ reason }) => reason), { timeout: 20_000 })
    .toContain('VerificationError');

  await cosignSign(registry, second, key);
  await bed.request(ociRepositories, 'app');
  const healed = await bed.until(ociRepositories, 'app', isVerified);
  expect(await filesOf(healed.status?.artifact)).toEqual({ 'a.yaml': 'a: 2\n' });

  await ociRepository(bed, registry);
  const unverified = await bed.until(ociRepositories, 'app', isReady);
  expect(condition(unverified, 'SourceVerified')).toBeUndefined();
});

test('what was verified is called so, also when it could not be pulled then', async () => {
  await using bed = await testbed();
  let isBroken = true;
  await using registry = await startRegistry({
    tls: true,
    intercept({ url = '' }, response) {
      if (!isBroken || !url.endsWith(`/blobs/${pushed?.layers[0]?.digest}`)) return false;
      response.writeHead(500);
      response.end();
      return true;
    },
  });
  const key = keyPair();
  await secret(bed, 'keys', { 'cosign.pub': key.pem });
  const pushed: PushedArtifact = await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await ociRepository(bed, registry, { verify });
  await bed.until(ociRepositories, 'app', failsWith('VerificationError'));
  await cosignSign(registry, pushed, key);
  await bed.request(ociRepositories, 'app');
  const failed = await bed.until(ociRepositories, 'app', failsWith('OCIArtifactLayerOperationFailed'));
  expect(condition(failed, 'SourceVerified')).toMatchObject({ status: 'True', reason: 'Succeeded' });
  isBroken = false;
  await bed.request(ociRepositories, 'app');
  await bed.until(ociRepositories, 'app', isVerified);
});

test('an artifact that is stored already is verified when the spec begins to ask for it', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  const pushed = await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await cosignSign(registry, pushed, keyPair());
  await ociRepository(bed, registry);
  const stored = await bed.until(ociRepositories, 'app', isReady);
  await secret(bed, 'keys', { 'cosign.pub': keyPair().pem });
  await ociRepository(bed, registry, { verify });
  const failed = await bed.until(ociRepositories, 'app', failsWith('VerificationError'));
  expect(condition(failed, 'SourceVerified')?.message).toContain('a signature was made with none of the keys');
  expect(failed.status?.artifact).toEqual(stored.status?.artifact);
});

test("a signature that was copied from another artifact proves nothing, and a stranger's key neither", async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  const key = keyPair();
  await secret(bed, 'keys', { 'cosign.pub': key.pem });
  const other = await push(registry, 'other', { 'a.yaml': 'signed\n' });
  const forged = await push(registry, 'latest', { 'a.yaml': 'forged\n' });
  await cosignSign(registry, other, key);
  // The layer of the genuine signature, under the tag of the forged artifact.
  const tagOf = (digest: string) => `${digest.replace(':', '-')}.sig`;
  const genuine = await fetchManifest(registry, tagOf(other.digest));
  await registry.pushManifest(`${REPOSITORY}:${tagOf(forged.digest)}`, genuine);
  await ociRepository(bed, registry, { verify });
  const failed = await bed.until(ociRepositories, 'app', failsWith('VerificationError'));
  expect(condition(failed, 'SourceVerified')?.message).toContain('the signature is about another artifact');
  expect(failed.status?.artifact).toBeUndefined();
});

async function fetchManifest(registry: Registry, tag: string): Promise<string> {
  const { request } = await import('node:https');
  return await new Promise((resolve, reject) => {
    const options = { ca: registry.ca, headers: { accept: 'application/vnd.oci.image.manifest.v1+json' } };
    const asking = request(`${registry.url}/v2/${REPOSITORY}/manifests/${tag}`, options, (response) => {
      response.setEncoding('utf8');
      let text = '';
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    asking.on('error', reject).end();
  });
}

test.each([
  ['keys that are not there', { provider: 'cosign', secretRef: { name: 'none' } }, "Secret 'none' not found"],
  ['a Secret without keys', { provider: 'cosign', secretRef: { name: 'empty' } }, "has no key whose name ends in '.pub'"],
  [
    'a trusted root that is none',
    { provider: 'cosign', trustedRootSecretRef: { name: 'empty' } },
    "Secret 'empty' has no 'trusted_root.json'",
  ],
  [
    'nobody who signed without a key',
    { provider: 'cosign', matchOIDCIdentity: [{ issuer: '^x$', subject: '^y$' }] },
    "using provider 'cosign keyless'",
  ],
  ['notation without a policy', { provider: 'notation', secretRef: { name: 'empty' } }, "the Secret has no 'trustpolicy.json'"],
] as const)('verification with %s fails, and says so', async (_what, asks, message) => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await secret(bed, 'empty', { nothing: 'of use' });
  await ociRepository(bed, registry, { verify: asks as NonNullable<OCIRepository['spec']['verify']> });
  const failed = await bed.until(ociRepositories, 'app', failsWith('VerificationError'));
  expect(condition(failed, 'SourceVerified')).toMatchObject({ status: 'False', message: expect.stringContaining(message) });
  expect(isStalled(failed)).toBe(false);
  expect(failed.status?.artifact).toBeUndefined();
});

test('notation without a Secret stalls: only another spec can help', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  await ociRepository(bed, registry, { verify: { provider: 'notation' } });
  const stalled = await bed.until(ociRepositories, 'app', isStalled);
  expect(condition(stalled, 'Ready')).toMatchObject({
    reason: 'VerificationError',
    message: expect.stringContaining('spec.verify.secretRef'),
  });
});

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs an artifact as notation does, with an envelope in JWS. Resolves with the certificate to trust. */
async function notationSign(registry: Registry, { digest, mediaType, size }: PushedArtifact): Promise<string> {
  const authority = createAuthority({ keys: 'rsa' });
  const signer = authority.issueCodeSigning({ country: 'DE', state: 'Berlin', organization: 'Example', commonName: 'signer' });
  const chain = [signer.cert, authority.ca].flatMap(
    (pem) => pem.match(/-----BEGIN[^-]+-----([^-]+)-----END[^-]+-----/)?.[1]?.replace(/\s/g, '') ?? [],
  );
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const body = `${encoded({
    alg: 'PS256',
    cty: 'application/vnd.cncf.notary.payload.v1+json',
    crit: ['io.cncf.notary.signingScheme'],
    'io.cncf.notary.signingScheme': 'notary.x509',
    'io.cncf.notary.signingTime': time,
  })}.${encoded({ targetArtifact: { digest, mediaType, size } })}`;
  const [header = '', payload = ''] = body.split('.');
  const signature = sign('sha256', Buffer.from(body), { key: signer.key, padding: 6, saltLength: 32 }).toString('base64url');
  const envelope = { payload, protected: header, header: { x5c: chain }, signature };
  const attached = await registry.pushArtifact({
    repository: REPOSITORY,
    configMediaType: 'application/vnd.cncf.notary.signature',
    artifactType: 'application/vnd.cncf.notary.signature',
    layers: [{ mediaType: 'application/jose+json', content: JSON.stringify(envelope) }],
    subject: { digest, mediaType, size },
  });
  const listed = {
    mediaType: attached.mediaType,
    digest: attached.digest,
    size: attached.size,
    artifactType: 'application/vnd.cncf.notary.signature',
  };
  // Where registries without a referrers API list them.
  await registry.pushManifest(`${REPOSITORY}:${digest.replace(':', '-')}`, {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [listed],
  });
  return authority.ca;
}

const policy = (level: string) =>
  JSON.stringify({
    version: '1.0',
    trustPolicies: [
      {
        name: 'all',
        registryScopes: ['*'],
        signatureVerification: level === 'skip' ? { level } : { level, override: { revocation: 'skip' } },
        ...(level === 'skip' ? {} : { trustStores: ['ca:test'], trustedIdentities: ['*'] }),
      },
    ],
  });

test("notation's signatures count by the owner's trust policy; what it skips is taken, and not called verified", async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true });
  const pushed = await push(registry, 'latest', { 'a.yaml': 'a: 1\n' });
  const stranger = createAuthority({ keys: 'rsa' });
  const ca = await notationSign(registry, pushed);
  const notation = { provider: 'notation', secretRef: { name: 'trust' } } as const;
  await secret(bed, 'trust', { 'trustpolicy.json': policy('strict'), 'ca.crt': stranger.ca });
  await ociRepository(bed, registry, { verify: notation });
  await bed.until(ociRepositories, 'app', failsWith('VerificationError'));

  await secret(bed, 'trust', { 'trustpolicy.json': policy('strict'), 'ca.crt': ca });
  await bed.until(ociRepositories, 'app', isVerified);

  await secret(bed, 'trust', { 'trustpolicy.json': policy('skip'), 'ca.crt': ca });
  await push(registry, 'latest', { 'a.yaml': 'a: 2\n' });
  await bed.request(ociRepositories, 'app');
  const skipped = await bed.until(
    ociRepositories,
    'app',
    (it) => isReady(it) && it.status?.artifact?.revision !== `latest@${pushed.digest}`,
  );
  expect(condition(skipped, 'SourceVerified')).toBeUndefined();
});
