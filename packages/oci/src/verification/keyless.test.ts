import { describe, expect, test } from 'vitest';
import { judgeEvidence, type OidcIdentity, publicSigstoreRoot } from './index.ts';
import type { Claim } from './signature-source.ts';
import { Purpose } from './testdata/certificates.ts';
import { createPrivateSigstore, type Forgery, MINUTE_MS, SIGNED_AT_MS } from './testdata/private-sigstore.ts';

const sigstore = createPrivateSigstore();
const digest = `sha256:${'ab'.repeat(32)}`;
const otherDigest = `sha256:${'cd'.repeat(32)}`;
const subject = { name: `registry.example/team/app@${digest}`, digest, mediaType: 'application/vnd.oci.image.manifest.v1+json', size: 7 };
const expected = { issuer: '^https://oidc\\.example$', subject: '^https://ci\\.example/team/.*$' };

function judge(claims: readonly Claim[], identities: readonly OidcIdentity[] = [expected], root: unknown = sigstore.trustedRoot) {
  const trustedRoot = root instanceof Uint8Array ? root : Buffer.from(JSON.stringify(root));
  return judgeEvidence({ subject, claims, passedOver: [] }, { provider: 'cosign', identities, trustedRoot }, SIGNED_AT_MS);
}

describe.each(['bundle', 'attached'] as const)('a keyless signature (%s)', (format) => {
  const made = (forgery?: Forgery) => sigstore[format](digest, forgery);

  test('is verified long after its certificate expired, by the time in the log', () => {
    const by = "'https://ci.example/team/app' as certified by 'https://oidc.example'";
    expect(judge([made()])).toEqual({ kind: 'verified', by, warnings: [] });
  });

  test('is verified with the issuer in the retired extension', () => {
    expect(judge([made({ retiredIssuer: true })])).toMatchObject({ kind: 'verified' });
  });

  test('is verified if any identity is its own, in issuer and subject both (CVE-2026-48815)', () => {
    const wrongSubject = { ...expected, subject: '^https://ci\\.example/other/' };
    const wrongIssuer = { ...expected, issuer: '^https://elsewhere\\.example$' };
    expect(judge([made()], [wrongSubject, expected])).toMatchObject({ kind: 'verified' });
    expect(judge([made()], [wrongSubject, wrongIssuer])).toMatchObject({
      kind: 'unverified',
      message: expect.stringContaining('none of the expected identities'),
    });
  });

  test('is verified next to worthless ones', () => {
    expect(judge([made({ signature: 'forged' }), made({ issuer: 'https://evil.example' }), made()])).toMatchObject({ kind: 'verified' });
  });

  const worthless: readonly (readonly [string, Forgery, string])[] = [
    ['speaks about another artifact (CVE-2022-36056)', { about: otherDigest }, 'the signature is about another artifact'],
    ['has a log entry about another artifact (CVE-2026-22703)', { loggedDigest: 'cd'.repeat(32) }, 'mismatch'],
    [
      "has a log entry about another signer's certificate (CVE-2026-22703)",
      { loggedSigner: 'another' },
      "about another signer's certificate",
    ],
    ['was made with another key than that of its certificate', { signature: 'forged' }, 'signature verification failed'],
    [
      'is of an identity that only contains the expected one',
      { issuer: 'https://evil.example/?https://oidc.example' },
      'none of the expected identities',
    ],
    [
      'is of an identity with the expected one on its second line',
      { issuer: 'https://evil.example\nhttps://oidc.example' },
      'none of the expected identities',
    ],
    ['is of an issuer that looks like a pattern', { issuer: '.*', subject: '.*' }, 'none of the expected identities'],
    [
      'was logged without a promise: nobody signed its time (CVE-2026-48816)',
      { promise: 'none' },
      format === 'bundle' ? 'expected 1 timestamps' : 'transparency log',
    ],
    ["has a promise that is not the log's", { promise: 'forged' }, 'inclusion promise'],
    ['has another time than the log signed', { loggedAtMs: SIGNED_AT_MS + 60 * MINUTE_MS, claimedAtMs: SIGNED_AT_MS }, 'inclusion promise'],
    ['was logged after its certificate expired', { loggedAtMs: SIGNED_AT_MS + 10 * MINUTE_MS }, 'certificate'],
    ['was logged before its certificate was valid', { loggedAtMs: SIGNED_AT_MS - 2 * MINUTE_MS }, 'certificate'],
    ['has a certificate that no certificate log knows', { certificateTransparency: 'none' }, 'expected 1 SCTs'],
    [
      "has a certificate with a promise that is not the certificate log's",
      { certificateTransparency: 'forged' },
      'SCT verification failed',
    ],
    ['has a certificate for TLS servers', { purpose: Purpose.serverAuth }, 'not for code signing'],
  ];
  test.each(worthless)('is not verified if it %s', (_, forgery, message) => {
    expect(judge([made(forgery)])).toMatchObject({ kind: 'unverified', message: expect.stringContaining(message) });
  });

  test('is not verified by the authorities of another Sigstore, nor by public Sigstore', () => {
    for (const root of [createPrivateSigstore().trustedRoot, publicSigstoreRoot()]) {
      expect(judge([made()], [expected], root)).toMatchObject({ kind: 'unverified' });
    }
  });

  test('passes an expression that matches in the middle, as upstream, with a warning', () => {
    const made_ = made({ issuer: 'https://evil.example/?https://oidc.example' });
    const warnings = [expect.stringContaining("matchOIDCIdentity[0].issuer does not begin with '^'")];
    expect(judge([made_], [{ ...expected, issuer: 'https://oidc\\.example$' }])).toMatchObject({ kind: 'verified', warnings });
  });

  test('does not survive a change of any byte of it', () => {
    const claim = made();
    let survivors = 0;
    for (let at = 0; at < claim.bytes.length; at += 43) {
      const bytes = Uint8Array.from(claim.bytes);
      bytes[at] = (bytes[at] ?? 0) ^ 0x01;
      if (judge([{ ...claim, bytes }]).kind === 'verified') survivors++;
    }
    // A proof repeats the root and the size of the tree, which only its checkpoint proves.
    expect(survivors).toBeLessThan(claim.bytes.length / 43 / 10);
  });
});

test.each(['bundle', 'attached'] as const)(
  'a signature (%s) logged after the authority expired is not verified, however long its certificate lives (GHSA-wfqv-66vq-46rm)',
  (format) => {
    const shortLived = createPrivateSigstore({ authorityNotAfterMs: SIGNED_AT_MS + MINUTE_MS });
    const at = (loggedAtMs: number) => judge([shortLived[format](digest, { loggedAtMs })], [expected], shortLived.trustedRoot).kind;
    expect(at(SIGNED_AT_MS)).toBe('verified');
    expect(at(SIGNED_AT_MS + 2 * MINUTE_MS)).toBe('unverified');
  },
);

test('a bundle with a forged proof of inclusion is not verified', () => {
  const message = expect.stringContaining('checkpoint');
  expect(judge([sigstore.bundle(digest, { proof: 'forged' })])).toMatchObject({ kind: 'unverified', message });
});

describe.each(['dsse', 'hashedrekord'] as const)('a bundle logged in version 2 of Rekor as %s', (rekorTwo) => {
  const made = (forgery?: Forgery) => sigstore.bundle(digest, { rekorTwo, ...forgery });

  test('is verified by the time of a timestamp authority', () => {
    expect(judge([made()])).toMatchObject({ kind: 'verified' });
  });

  test.each<[string, Forgery, string]>([
    ['nobody stamped it', { timestamp: 'none' }, 'expected 1 timestamps'],
    ['a stranger stamped it', { timestamp: 'forged' }, 'timestamp could not be verified'],
    ['something else was stamped', { timestamp: 'of something else' }, 'timestamp could not be verified'],
    ['it was stamped after its certificate expired', { loggedAtMs: SIGNED_AT_MS + 10 * MINUTE_MS }, 'certificate'],
    ['its log entry is about another artifact', { loggedDigest: 'cd'.repeat(32) }, 'mismatch'],
    ["its log entry is about another signer's certificate", { loggedSigner: 'another' }, "about another signer's certificate"],
    ["its proof of inclusion is not the log's", { proof: 'forged' }, 'checkpoint'],
  ])('is not verified if %s', (_, forgery, message) => {
    expect(judge([made(forgery)])).toMatchObject({ kind: 'unverified', message: expect.stringContaining(message) });
  });
});

test('a bundle with a certificate is no signature by a key', () => {
  const keys = {
    'a.pub': Buffer.from(
      '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qX6yYY0zufBnhC8Ur/iy55GhWP/9A/bY2LhC30M9+RYtw==\n-----END PUBLIC KEY-----\n',
    ),
  };
  const evidence = { subject, claims: [sigstore.bundle(digest)], passedOver: [] };
  expect(judgeEvidence(evidence, { provider: 'cosign', keys }, SIGNED_AT_MS)).toMatchObject({
    kind: 'unverified',
    message: expect.stringContaining('with a certificate, not with a key'),
  });
});

describe('without any expected identity', () => {
  test("anybody's attached signature passes, as upstream, with a warning", () => {
    expect(judge([sigstore.attached(digest)], [])).toMatchObject({
      kind: 'verified',
      warnings: [expect.stringContaining("anybody's signature passes")],
    });
  });

  test('no bundle passes, as upstream', () => {
    expect(judge([sigstore.bundle(digest)], [])).toMatchObject({
      kind: 'unverified',
      message: expect.stringContaining('matchOIDCIdentity'),
    });
  });
});

describe('a trusted root', () => {
  test('that cannot be read makes nothing verified, and the message says so', () => {
    for (const root of [{}, { mediaType: 'application/json' }, { ...sigstore.trustedRoot, tlogs: [{}] }, Buffer.from('no json')]) {
      expect(judge([sigstore.bundle(digest)], [expected], root)).toMatchObject({
        kind: 'unverified',
        message: expect.stringContaining('the trusted root'),
      });
    }
  });

  test('without logs makes nothing verified', () => {
    expect(judge([sigstore.bundle(digest)], [expected], { ...sigstore.trustedRoot, tlogs: [] })).toMatchObject({ kind: 'unverified' });
    expect(judge([sigstore.bundle(digest)], [expected], { ...sigstore.trustedRoot, ctlogs: [] })).toMatchObject({ kind: 'unverified' });
  });

  test('of public Sigstore ships with us', () => {
    const verdict = judge([sigstore.bundle(digest)], [expected], publicSigstoreRoot());
    expect(verdict).toMatchObject({ kind: 'unverified', message: expect.not.stringContaining('the trusted root') });
  });
});

test('an expression that is none is named', () => {
  const verdict = judge([sigstore.bundle(digest)], [expected, { issuer: '(', subject: '.*' }]);
  expect(verdict).toMatchObject({
    kind: 'unverified',
    message: expect.stringContaining('matchOIDCIdentity[1].issuer is no valid regular expression'),
  });
});
