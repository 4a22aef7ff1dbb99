import { describe, expect, test } from 'vitest';
import { findSignatures, judgeEvidence, verifyArtifact } from './index.ts';
import { recordedFile, recordedSource, recordedSubject, recording } from './testdata/recording.ts';

const { signal } = new AbortController();
const HOUR_MS = 3_600_000;
const nowMs = recording.recordedAtMs + HOUR_MS;

/** A certificate of somebody else. */
const STRANGER = `-----BEGIN CERTIFICATE-----
MIIB1zCCAX2gAwIBAgIUS65R+7RETxFBPkZDm92y84qpJrIwCgYIKoZIzj0EAwIw
QTELMAkGA1UEBhMCREUxCzAJBgNVBAgMAkJFMRIwEAYDVQQKDAlTdHJhbmdlcnMx
ETAPBgNVBAMMCHN0cmFuZ2VyMB4XDTI2MTEyMTEzNTQyMloXDTM2MTExODEzNTQy
MlowQTELMAkGA1UEBhMCREUxCzAJBgNVBAgMAkJFMRIwEAYDVQQKDAlTdHJhbmdl
cnMxETAPBgNVBAMMCHN0cmFuZ2VyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
S7RqltnNmvcmhSsOqK+MmCJB6dSNqcDyomdnkKyrBTkzYS+Hs26wzMnDZVf8vbmx
4x9VrXiUOjLzMBDA6nE+jKNTMFEwHQYDVR0OBBYEFIms0hTrf9nfmol7/uDAcpIu
By4cMB8GA1UdIwQYMBaAFIms0hTrf9nfmol7/uDAcpIuBy4cMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAPZGOdoGVt7m5j3QWklLyGlIxLqw2/SC
KSzeWTAdZrXeAiAzmNRw5gUAVoTuNshGFN+ako/9WJb2I5VKIfDCE6RCKA==
-----END CERTIFICATE-----`;

function policy(overrides: Readonly<Record<string, unknown>> = {}): Uint8Array {
  const statement = {
    name: 'all',
    registryScopes: ['*'],
    signatureVerification: { level: 'strict' },
    trustStores: ['ca:any-name'],
    trustedIdentities: ['*'],
    ...overrides,
  };
  return Buffer.from(JSON.stringify({ version: '1.0', trustPolicies: [statement] }));
}

const trust = (overrides?: Readonly<Record<string, unknown>>) => ({
  provider: 'notation' as const,
  files: { 'trustpolicy.json': policy(overrides), 'tester.crt': recordedFile('tester.crt') },
});

describe.each(['jws', 'cose'])('a %s signature that the real notation made', (format) => {
  const repository = `notation/${format}`;
  const subject = recordedSubject(repository);
  const options = { source: recordedSource(repository), signal, nowMs };

  test('is verified against its certificate', async () => {
    expect(await verifyArtifact(subject, trust(), options)).toEqual({
      kind: 'verified',
      by: expect.stringContaining('CN=tester'),
      warnings: [],
    });
  });

  test('is verified for a trusted identity, and not for another', async () => {
    const identity = (cn: string) => trust({ trustedIdentities: [`x509.subject: C=US, ST=WA, O=Notary, CN=${cn}`] });
    expect(await verifyArtifact(subject, identity('tester'), options)).toMatchObject({ kind: 'verified' });
    const message = expect.stringContaining('none of the trusted identities');
    expect(await verifyArtifact(subject, identity('other'), options)).toMatchObject({ kind: 'unverified', message });
  });

  test('does not count for another artifact', async () => {
    const { claims } = await findSignatures(subject, 'notation', options);
    for (const change of [{ digest: `sha256:${'0'.repeat(64)}` }, { size: subject.size + 1 }, { mediaType: 'application/other' }]) {
      const verdict = judgeEvidence({ subject: { ...subject, ...change }, claims, passedOver: [] }, trust(), nowMs);
      expect(verdict).toMatchObject({ kind: 'unverified', message: expect.stringContaining('the signature is about another artifact') });
    }
  });

  test('does not survive a change of any byte that is signed', async () => {
    const evidence = await findSignatures(subject, 'notation', options);
    const [claim] = evidence.claims;
    if (claim === undefined) throw new Error('no signature was recorded');
    let survivors = 0;
    for (let at = 0; at < claim.bytes.length; at += 5) {
      const bytes = Uint8Array.from(claim.bytes);
      bytes[at] = (bytes[at] ?? 0) ^ 0x01;
      if (judgeEvidence({ ...evidence, claims: [{ ...claim, bytes }] }, trust(), nowMs).kind === 'verified') survivors++;
    }
    // The name of the signing program is not signed: some thirty bytes of it, of which every fifth was changed.
    expect(survivors).toBeLessThan(15);
  });

  test('expires', async () => {
    const late = { ...options, nowMs: nowMs + 12 * HOUR_MS };
    expect(await verifyArtifact(subject, trust(), late)).toMatchObject({
      kind: 'unverified',
      message: expect.stringContaining('the signature has expired'),
    });
    const permissive = trust({ signatureVerification: { level: 'permissive' } });
    expect(await verifyArtifact(subject, permissive, late)).toMatchObject({ kind: 'verified', warnings: ['the signature has expired'] });
  });

  test('is not verified with an expired certificate', async () => {
    const late = { ...options, nowMs: nowMs + 25 * HOUR_MS };
    const rules = trust({ signatureVerification: { level: 'strict', override: { expiry: 'log' } } });
    expect(await verifyArtifact(subject, rules, late)).toMatchObject({
      kind: 'unverified',
      message: expect.stringContaining('not valid now'),
    });
  });

  test('is unsupported where the policy wants a timestamp', async () => {
    const rules = trust({ trustStores: ['ca:any', 'tsa:any'] });
    expect(await verifyArtifact(subject, rules, options)).toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('RFC 3161'),
    });
    const lazy = trust({
      trustStores: ['ca:any', 'tsa:any'],
      signatureVerification: { level: 'strict', verifyTimestamp: 'afterCertExpiry' },
    });
    expect(await verifyArtifact(subject, lazy, options)).toMatchObject({ kind: 'verified' });
  });

  test('by a stranger is unverified, and only audited where the policy audits', async () => {
    const stranger = (level: string) => ({
      provider: 'notation' as const,
      files: { ...trust({ signatureVerification: { level } }).files, 'tester.crt': Buffer.from(STRANGER) },
    });
    const message = expect.stringContaining('no certificate of the signature is in the trust store');
    for (const level of ['strict', 'permissive']) {
      expect(await verifyArtifact(subject, stranger(level), options)).toMatchObject({ kind: 'unverified', message });
    }
    expect(await verifyArtifact(subject, stranger('audit'), options)).toMatchObject({ kind: 'ignored', message });
    // A stranger's signature may not stall the object by asking for what cannot be decided.
    const tsa = stranger('strict').files;
    const files = { ...tsa, 'trustpolicy.json': policy({ trustStores: ['ca:any', 'tsa:any'] }) };
    expect(await verifyArtifact(subject, { provider: 'notation', files }, options)).toMatchObject({ kind: 'unverified' });
  });
});

test('a policy that skips ignores whatever signatures there are', async () => {
  const options = { source: recordedSource('cosign/p256'), signal, nowMs };
  const skip = trust({ signatureVerification: { level: 'skip' } });
  expect(await verifyArtifact(recordedSubject('cosign/p256'), skip, options)).toMatchObject({ kind: 'ignored' });
});

test('an artifact without a notation signature is unverified', async () => {
  const options = { source: recordedSource('cosign/p256'), signal, nowMs };
  const subject = recordedSubject('cosign/p256');
  expect(await verifyArtifact(subject, trust(), options)).toEqual({
    kind: 'unverified',
    message: `no signature is associated with '${subject.name}'`,
  });
});
