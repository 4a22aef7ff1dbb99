import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { findSignatures, judgeEvidence, verifyArtifact } from './index.ts';
import type { Claim, SignatureSource } from './signature-source.ts';
import { recordedFile, recordedSource, recordedSubject, recording } from './testdata/recording.ts';

const { signal } = new AbortController();
const nowMs = recording.recordedAtMs;
const keys = (...names: readonly string[]) => ({
  provider: 'cosign' as const,
  keys: Object.fromEntries(names.map((name) => [name, recordedFile(name)])),
});

/** Only the signatures in one of cosign's two formats. */
async function evidenceOf(repository: string, format: Claim['format']) {
  const evidence = await findSignatures(recordedSubject(repository), 'cosign', { source: recordedSource(repository), signal });
  return { ...evidence, claims: evidence.claims.filter((claim) => claim.format === format) };
}

describe('a signature that the real cosign made with a key', () => {
  test.each(['p256', 'p384', 'p521', 'rsa'])('%s is verified as a bundle and as an attached signature', async (key) => {
    for (const format of ['sigstore-bundle', 'simple-signing'] as const) {
      const evidence = await evidenceOf(`cosign/${key}`, format);
      expect(evidence.claims).toHaveLength(1);
      expect(judgeEvidence(evidence, keys(`${key}.pub`), nowMs)).toEqual({ kind: 'verified', by: `key '${key}.pub'`, warnings: [] });
    }
  });

  test('of the pre-hashed kind it makes with Ed25519 keys is refused with advice', async () => {
    for (const format of ['sigstore-bundle', 'simple-signing'] as const) {
      const verdict = judgeEvidence(await evidenceOf('cosign/ed25519', format), keys('ed25519.pub'), nowMs);
      expect(verdict).toMatchObject({ kind: 'unverified', message: expect.stringContaining('Ed25519ph') });
    }
  });

  test('is verified by whichever of several keys made it', async () => {
    const options = { source: recordedSource('cosign/rsa'), signal, nowMs };
    const verdict = await verifyArtifact(recordedSubject('cosign/rsa'), keys('p256.pub', 'rsa.pub'), options);
    expect(verdict).toMatchObject({ kind: 'verified', by: "key 'rsa.pub'" });
  });

  test('is not verified by another key', async () => {
    const options = { source: recordedSource('cosign/p256'), signal, nowMs };
    const subject = recordedSubject('cosign/p256');
    expect(await verifyArtifact(subject, keys('p384.pub'), options)).toEqual({
      kind: 'unverified',
      message: `no matching signatures were found for '${subject.name}': a signature was made with none of the keys`,
    });
  });

  test.each(['sigstore-bundle', 'simple-signing'] as const)(
    'as %s does not count when copied from another artifact (CVE-2022-36056)',
    async (format) => {
      const { claims } = await evidenceOf('cosign/other', format);
      const subject = recordedSubject('cosign/p256');
      const verdict = judgeEvidence({ subject, claims, passedOver: [] }, keys('p256.pub'), nowMs);
      expect(verdict).toMatchObject({ kind: 'unverified', message: expect.stringContaining('the signature is about another artifact') });
    },
  );

  test.each(['sigstore-bundle', 'simple-signing'] as const)('as %s does not survive a change of any byte', async (format) => {
    const evidence = await evidenceOf('cosign/p256', format);
    const [claim] = evidence.claims;
    const bytes = claim?.bytes ?? new Uint8Array();
    const { length } = bytes;
    for (let at = 0; at < length; at += 7) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const verdict = judgeEvidence(
        { ...evidence, claims: claim === undefined ? [] : [{ ...claim, bytes: changed }] },
        keys('p256.pub'),
        nowMs,
      );
      // What a bundle says about itself outside the envelope is not signed, and not believed either.
      if (verdict.kind === 'verified') expect(meaning(changed)).toEqual(meaning(bytes));
      else expect(verdict.kind).toBe('unverified');
    }
  });

  test('is found when the registry does not tell what refers to the artifact', async () => {
    const source = recordedSource('cosign/p256');
    const silent: SignatureSource = {
      ...source,
      manifest: async (reference, options) => (reference.endsWith('.sig') ? undefined : await source.manifest(reference, options)),
      referrers: async (digest, options) => (await source.referrers(digest, options)).map(({ artifactType: _, ...silenced }) => silenced),
    };
    expect(await verifyArtifact(recordedSubject('cosign/p256'), keys('p256.pub'), { source: silent, signal, nowMs })).toMatchObject({
      kind: 'verified',
    });
  });
});

/** The signed statement and the signature: all that counts for a key. */
function meaning(bytes: Uint8Array): unknown {
  const { dsseEnvelope } = JSON.parse(Buffer.from(bytes).toString());
  return [Buffer.from(dsseEnvelope.payload, 'base64'), dsseEnvelope.payloadType, Buffer.from(dsseEnvelope.signatures[0].sig, 'base64')];
}

test('a signature with a pure Ed25519 key is verified', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const subject = recordedSubject('cosign/p256');
  const critical = { image: { 'docker-manifest-digest': subject.digest }, type: 'cosign container image signature' };
  const bytes = Buffer.from(JSON.stringify({ critical }));
  const annotations = { 'dev.cosignproject.cosign/signature': sign(null, bytes, privateKey).toString('base64') };
  const claims = [{ format: 'simple-signing' as const, mediaType: '', digest: '', bytes, annotations }];
  const pem = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
  const verdict = judgeEvidence({ subject, claims, passedOver: [] }, { provider: 'cosign', keys: { 'a.pub': pem } }, nowMs);
  expect(verdict).toMatchObject({ kind: 'verified', by: "key 'a.pub'" });
});

describe('the public keys of a Secret', () => {
  test('must be there', async () => {
    const evidence = await evidenceOf('cosign/p256', 'simple-signing');
    const verdict = judgeEvidence(evidence, { provider: 'cosign', keys: { cosign: recordedFile('p256.pub') } }, nowMs);
    expect(verdict).toMatchObject({ kind: 'unverified', message: expect.stringContaining("no key whose name ends in '.pub'") });
  });

  test('must be readable, public and strong, and the message says which is not', async () => {
    const evidence = await evidenceOf('cosign/p256', 'simple-signing');
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const bad = {
      'a.pub': 'not a key',
      'b.pub': '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
      'c.pub': weak.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      'd.pub': weak.publicKey.export({ type: 'spki', format: 'pem' }),
    };
    for (const [name, pem] of Object.entries(bad)) {
      const verdict = judgeEvidence(
        evidence,
        { provider: 'cosign', keys: { [name]: Buffer.from(pem), 'p256.pub': recordedFile('p256.pub') } },
        nowMs,
      );
      expect(verdict).toMatchObject({
        kind: 'unverified',
        message: expect.stringContaining(`the public key '${name}' cannot be used: it is`),
      });
    }
  });
});
