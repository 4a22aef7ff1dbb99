import { describe, expect, test } from 'vitest';
import { judgeEvidence } from './index.ts';
import type { Claim } from './signature-source.ts';
import { authority, KeyUsage, keyUsage, Name, ocspAt, Purpose, purposes } from './testdata/certificates.ts';
import { type Algorithm, createNotary, KEYS, type NotaryForgery, person } from './testdata/notary.ts';

const NOW_MS = Date.UTC(2026, 5, 1);
const HOUR_MS = 3_600_000;
const notary = createNotary(NOW_MS);
const digest = `sha256:${'ab'.repeat(32)}`;
const subject = {
  name: `registry.example:5000/team/app@${digest}`,
  digest,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  size: 7,
};

interface Statement {
  readonly level?: string;
  readonly override?: Readonly<Record<string, string>>;
  readonly trustStores?: readonly string[];
  readonly trustedIdentities?: readonly string[];
  readonly registryScopes?: readonly string[];
  readonly name?: string;
}

function statement({ level = 'strict', override, name = 'one', ...rest }: Statement = {}) {
  const signatureVerification = { level, ...(override === undefined ? {} : { override }) };
  return { name, registryScopes: ['*'], trustStores: ['ca:x'], trustedIdentities: ['*'], ...rest, signatureVerification };
}

function judge(
  claims: readonly Claim[],
  statements: readonly Statement[] = [{}],
  files: Readonly<Record<string, Uint8Array>> = { 'root.pem': notary.rootPem },
) {
  const policy = Buffer.from(JSON.stringify({ version: '1.0', trustPolicies: statements.map(statement) }));
  return judgeEvidence(
    { subject, claims, passedOver: [] },
    { provider: 'notation', files: { 'trustpolicy.json': policy, ...files } },
    NOW_MS,
  );
}

const expiry = 'io.cncf.notary.expiry';
const scheme = 'io.cncf.notary.signingScheme';
const authenticTime = 'io.cncf.notary.authenticSigningTime';
const leaf = keyUsage(KeyUsage.digitalSignature);
const ca = keyUsage(KeyUsage.certificateSigning);

describe.each(['jws', 'cose'] as const)('a %s envelope', (format) => {
  const made = (forgery?: NotaryForgery) => notary[format](subject, forgery);

  test.each(Object.keys(KEYS) as readonly Algorithm[])('signed with %s below an intermediate authority is verified', (algorithm) => {
    expect(judge([made({ algorithm })])).toMatchObject({ kind: 'verified', by: expect.stringContaining('CN=signer'), warnings: [] });
  });

  test('of a signing authority is verified by the time the authority vouches for', () => {
    const forgery = {
      scheme: 'notary.x509.signingAuthority',
      critical: [scheme, authenticTime],
      headers: { [authenticTime]: new Date(NOW_MS - 2 * HOUR_MS).toISOString() },
      notAfterMs: NOW_MS - HOUR_MS,
    };
    expect(judge([made(forgery)], [{ trustStores: ['signingAuthority:x'] }])).toMatchObject({ kind: 'verified' });
    expect(judge([made(forgery)])).toMatchObject({ kind: 'unverified', message: expect.stringContaining("type 'signingAuthority'") });
    const early = { ...forgery, notBeforeMs: NOW_MS - 1.5 * HOUR_MS };
    expect(judge([made(early)], [{ trustStores: ['signingAuthority:x'] }])).toMatchObject({
      kind: 'unverified',
      message: expect.stringContaining('not valid when the authority signed'),
    });
  });

  const worthless: readonly (readonly [string, NotaryForgery, string])[] = [
    ['is about another digest', { target: { digest: `sha256:${'cd'.repeat(32)}` } }, 'about another artifact'],
    ['is about another size', { target: { size: 8 } }, 'about another artifact'],
    ['has a payload of another type', { contentType: 'application/json' }, 'the signed payload is not of the type'],
    ['has an unknown scheme', { scheme: 'mine' }, 'unknown signing scheme'],
    ['does not mark its scheme as critical', { critical: [] }, 'does not mark'],
    ['has an expiry that is not critical', { headers: { [expiry]: new Date(NOW_MS + HOUR_MS).toISOString() } }, 'does not mark'],
    ['asks for a plugin', { critical: [scheme, 'io.cncf.notary.verificationPlugin'], headers: {} }, 'needs a plugin'],
    [
      'expires before it was made',
      { critical: [scheme, expiry], headers: { [expiry]: new Date(NOW_MS - HOUR_MS).toISOString() } },
      'expires before it was made',
    ],
    ['is signed by an authority', { leafExtensions: [authority(), leaf] }, 'that of an authority'],
    ['is signed by a certificate without key usage', { leafExtensions: [] }, 'no critical key usage'],
    [
      'is signed by a certificate whose key usage is not critical',
      { leafExtensions: [keyUsage(KeyUsage.digitalSignature, false)] },
      'no critical key usage',
    ],
    [
      'is signed by a certificate for encryption too',
      { leafExtensions: [keyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment)] },
      'for more than digital signatures',
    ],
    [
      'is signed by a certificate for encryption only',
      { leafExtensions: [keyUsage(KeyUsage.keyEncipherment)] },
      'not for digital signatures',
    ],
    [
      'is signed by a certificate for TLS servers',
      { leafExtensions: [leaf, purposes(Purpose.codeSigning, Purpose.serverAuth)] },
      'for another purpose',
    ],
    ['has an intermediate that is no authority', { intermediateExtensions: [ca] }, 'not that of an authority'],
    ['has an intermediate that may not sign certificates', { intermediateExtensions: [authority(), leaf] }, 'may not sign certificates'],
    ['lacks an intermediate', { chain: (end, _, root) => [end, root] }, 'not issued by the next'],
    ['lacks the root', { chain: (end, middle) => [end, middle] }, 'does not end in a self-signed'],
    ['has the root twice', { chain: (end, middle, root) => [end, middle, root, root] }, 'before the end of the chain is self-signed'],
    ['begins with another certificate', { chain: (_, middle, root) => [middle, root] }, 'not that of its certificate'],
    ['has no certificates', { chain: () => [] }, 'between 1 and 10 certificates'],
    [
      'has too many certificates',
      { chain: (end, middle, root) => [end, ...Array.from({ length: 9 }, () => middle), root] },
      'between 1 and 10 certificates',
    ],
    ['has garbage for a certificate', { chain: (end) => [end, Buffer.from('garbage')] }, 'a certificate is malformed'],
    ['has an expired certificate', { notAfterMs: NOW_MS - 1 }, 'not valid now'],
    ['has a certificate of the future', { notBeforeMs: NOW_MS + 1000 }, 'not valid now'],
  ];
  test.each(worthless)('is not verified if it %s', (_, forgery, message) => {
    expect(judge([made(forgery)])).toMatchObject({ kind: 'unverified', message: expect.stringContaining(message) });
  });

  test('below the authority of somebody else is not verified', () => {
    const other = createNotary(NOW_MS)[format](subject);
    expect(judge([other])).toMatchObject({ kind: 'unverified', message: expect.stringContaining('in the trust store') });
    expect(judge([other, made()])).toMatchObject({ kind: 'verified' });
  });

  test('with a certificate that can be revoked is undecidable, unless the policy does not enforce that', () => {
    const claim = made({ leafExtensions: [leaf, ocspAt('http://ocsp.example')] });
    expect(judge([claim])).toMatchObject({ kind: 'unsupported', message: expect.stringContaining("override 'revocation'") });
    expect(judge([claim], [{ override: { revocation: 'skip' } }])).toEqual(expect.objectContaining({ kind: 'verified', warnings: [] }));
    expect(judge([claim], [{ level: 'permissive' }])).toMatchObject({ kind: 'verified', warnings: [expect.stringContaining('revoked')] });
    expect(judge([claim, made()])).toMatchObject({ kind: 'verified' });
  });

  test('of a stranger cannot stall an object whose policy audits authenticity and enforces revocation', () => {
    const other = createNotary(NOW_MS)[format](subject, { leafExtensions: [leaf, ocspAt('http://ocsp.example')] });
    expect(judge([other], [{ level: 'audit', override: { revocation: 'enforce' } }])).toMatchObject({ kind: 'unverified' });
  });
});

test('a JWS may not have the time of another signing scheme, and a COSE may, as with the real notation', () => {
  const forgery = { headers: { [authenticTime]: new Date(NOW_MS).toISOString() } };
  expect(judge([notary.jws(subject, forgery)])).toMatchObject({
    kind: 'unverified',
    message: expect.stringContaining('a time that does not belong'),
  });
  expect(judge([notary.cose(subject, forgery)])).toMatchObject({ kind: 'verified' });
});

test("a JWS may not choose another algorithm than its certificate's", () => {
  for (const claimedAlgorithm of ['ES384', 'PS256', 'none', 'HS256']) {
    expect(judge([notary.jws(subject, { claimedAlgorithm })])).toMatchObject({
      kind: 'unverified',
      message: expect.stringContaining('not the ES256'),
    });
  }
});

describe('trusted identities', () => {
  const judgeIdentity = (identity: string, forgery?: NotaryForgery) =>
    judge([notary.jws(subject, forgery)], [{ trustedIdentities: [identity] }]);

  test('match a subset of the subject, with escapes and the alias S', () => {
    for (const name of ['C=DE,ST=Berlin,O=Notaries\\, Inc.', 'CN=signer, O=Notaries\\2C Inc., S=Berlin, C=DE']) {
      expect(judgeIdentity(`x509.subject:${name}`)).toMatchObject({ kind: 'verified' });
    }
  });

  test('do not match another value, a prefix of it, or another case', () => {
    for (const name of [
      'C=DE,ST=Berlin,O=Notaries',
      'C=DE,ST=berlin,O=Notaries\\, Inc.',
      'C=DE,ST=Berlin,O=Notaries\\, Inc.,CN=sign',
      'C=DE,ST=Berlin,O=Notaries\\, Inc.,OU=x',
    ]) {
      expect(judgeIdentity(`x509.subject:${name}`)).toMatchObject({
        kind: 'unverified',
        message: expect.stringContaining('none of the trusted identities'),
      });
    }
  });

  test('that are malformed spoil the policy', () => {
    for (const name of [
      'C=DE',
      'C=DE,ST=Berlin,O=#04024869',
      'C=DE,ST=Berlin,O=x,O=y',
      'C=DE+ST=Berlin,O=x',
      'nothing',
      'C=DE,ST=Berlin,O=x\\',
    ]) {
      expect(judgeIdentity(`x509.subject:${name}`)).toMatchObject({
        kind: 'unverified',
        message: expect.stringContaining('distinguished name'),
      });
    }
  });

  test('do not match a subject that names an attribute twice', () => {
    const twice = [...person('signer'), [Name.unit, 'a'] as const, [Name.unit, 'b'] as const];
    expect(judgeIdentity('x509.subject:C=DE,ST=Berlin,O=Notaries\\, Inc.,OU=a', { subject: twice })).toMatchObject({
      kind: 'unverified',
      message: expect.stringContaining('twice'),
    });
  });

  test('of other kinds trust nobody', () => {
    expect(judgeIdentity('aws.signer:profile')).toMatchObject({
      kind: 'unverified',
      message: expect.stringContaining('none of the trusted identities'),
    });
  });
});

describe('the statement of a trust policy', () => {
  const claims = [notary.jws(subject)];

  test('that names the repository goes before the one for all', () => {
    const skip = { name: 'skip', level: 'skip' };
    expect(judge(claims, [{ ...skip, registryScopes: ['*'] }, { registryScopes: ['registry.example:5000/team/app'] }])).toMatchObject({
      kind: 'verified',
    });
    expect(judge(claims, [{ registryScopes: ['*'] }, { ...skip, registryScopes: ['registry.example:5000/team/app'] }])).toMatchObject({
      kind: 'ignored',
    });
  });

  test('must be there for the repository', () => {
    for (const scope of ['registry.example:5000/team', 'registry.example:5000/team/app2', 'registry.example/team/app']) {
      expect(judge(claims, [{ registryScopes: [scope] }])).toMatchObject({
        kind: 'unverified',
        message: expect.stringContaining('registry scope'),
      });
    }
  });

  test.each<[string, Statement]>([
    ['an unknown level', { level: 'lenient' }],
    ['a level of the prototype', { level: 'toString' }],
    ['an override of integrity', { override: { integrity: 'log' } }],
    ['an override that skips authenticity', { override: { authenticity: 'skip' } }],
    ['an override with an unknown action', { override: { expiry: 'maybe' } }],
    ['an override of what is skipped', { level: 'skip', override: { expiry: 'log' } }],
    ['no trust store', { trustStores: [] }],
    ['an unknown trust store', { trustStores: ['other:x'] }],
    ['a trust store outside', { trustStores: ['ca:../x'] }],
    ['no identity', { trustedIdentities: [] }],
    ['an identity next to the wildcard', { trustedIdentities: ['*', 'x509.subject:C=DE,ST=B,O=x'] }],
    ['overlapping identities', { trustedIdentities: ['x509.subject:C=DE,ST=B,O=x', 'x509.subject:C=DE,ST=B,O=x,CN=y'] }],
    ['a scope next to the wildcard', { registryScopes: ['*', 'a.example/b'] }],
    ['a wildcard in a scope', { registryScopes: ['registry.example:5000/*'] }],
  ])('with %s spoils the policy', (_, bad) => {
    expect(judge(claims, [bad])).toMatchObject({ kind: 'unverified', message: expect.stringContaining('the trust policy') });
  });

  test('may be there only once for a name and for a scope', () => {
    expect(judge(claims, [{}, {}])).toMatchObject({ kind: 'unverified', message: expect.stringContaining('the same name') });
    expect(judge(claims, [{}, { name: 'two' }])).toMatchObject({
      kind: 'unverified',
      message: expect.stringContaining('the same registry scope'),
    });
  });
});

describe('the Secret of a notation verification', () => {
  const claims = [notary.jws(subject)];

  test('must have certificates that can be read', () => {
    expect(judge(claims, [{}], {})).toMatchObject({ kind: 'unverified', message: expect.stringContaining("'.crt' or '.pem'") });
    expect(judge(claims, [{}], { 'a.crt': Buffer.from('x') })).toMatchObject({
      kind: 'unverified',
      message: "'a.crt' holds no certificate",
    });
  });

  test('trusts the first certificate of a file only, as upstream', () => {
    const other = createNotary(NOW_MS).rootPem;
    const both = { 'a.pem': Buffer.concat([other, notary.rootPem]) };
    expect(judge(claims, [{}], both)).toMatchObject({ kind: 'unverified' });
    const ours = { 'a.pem': Buffer.concat([notary.rootPem, other]) };
    expect(judge(claims, [{}], ours)).toMatchObject({
      kind: 'verified',
      warnings: ["'a.pem' holds 2 certificates, of which the first is trusted"],
    });
  });

  test('must have a policy', () => {
    const verdict = judgeEvidence(
      { subject, claims, passedOver: [] },
      { provider: 'notation', files: { 'root.pem': notary.rootPem } },
      NOW_MS,
    );
    expect(verdict).toEqual({ kind: 'unverified', message: "the Secret has no 'trustpolicy.json'" });
  });
});
