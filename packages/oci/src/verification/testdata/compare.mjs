/**
 * Asks the real cosign (3.1) and notation (1.3) about signatures the tests make, good and forged, and says where they judge otherwise than we:
 * `node packages/oci/src/verification/testdata/compare.mjs`. Both programs must be on PATH; record.mjs tells where they come from.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRegistry } from '@gotk/testkit';
import { judgeEvidence } from '../index.ts';
import { authority, KeyUsage, keyUsage, Name, Purpose, purposes } from './certificates.ts';
import { createNotary, KEYS, person } from './notary.ts';
import { createPrivateSigstore, MINUTE_MS, SIGNED_AT_MS } from './private-sigstore.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const NOTATION = 'application/vnd.cncf.notary.signature';
const HOUR_MS = 60 * MINUTE_MS;
const OTHER = 'cd'.repeat(32);
const directory = await mkdtemp(join(tmpdir(), 'compare-signatures-'));
const env = { ...process.env, HOME: directory, XDG_CONFIG_HOME: directory };
await using registry = await startRegistry({ tls: false, auth: 'none' });

async function accepts(program, ...args) {
  const child = spawn(program, args, { env, stdio: 'ignore' });
  const [code] = await once(child, 'close');
  return code === 0;
}

/** Pushes an artifact and tells what a verification needs to know of it. */
async function push(repository) {
  const { digest } = await registry.pushArtifact({ repository, tag: 'v1', layers: [{ mediaType: 'text/plain', content: Buffer.from(repository) }] });
  return { name: `${registry.host}/${repository}@${digest}`, digest, mediaType: MANIFEST, size: await sizeOf(repository, digest) };
}

async function sizeOf(repository, digest) {
  const response = await fetch(`http://${registry.host}/v2/${repository}/manifests/${digest}`, { headers: { accept: MANIFEST } });
  return (await response.arrayBuffer()).byteLength;
}

function report(what, ours, theirs) {
  const same = (ours.kind === 'verified') === theirs;
  console.log(same ? 'same  ' : 'DIFFER', what, ours.kind, ours.message ?? '');
  if (!same) process.exitCode = 1;
}

const sigstore = createPrivateSigstore();
const root = Buffer.from(JSON.stringify(sigstore.trustedRoot));
const identity = { issuer: '^https://oidc\\.example$', subject: '^https://ci\\.example/team/.*$' };
const identityFlags = ['--certificate-identity-regexp', identity.subject, '--certificate-oidc-issuer-regexp', identity.issuer];
await writeFile(join(directory, 'root.json'), root);
const KEYLESS = {
  good: {},
  retired: { retiredIssuer: true },
  about: { about: `sha256:${OTHER}` },
  'logged-digest': { loggedDigest: OTHER },
  'logged-signer': { loggedSigner: 'another' },
  'no-promise': { promise: 'none' },
  'forged-promise': { promise: 'forged' },
  'forged-signature': { signature: 'forged' },
  'forged-stamp': { timestamp: 'forged' },
  'no-stamp': { timestamp: 'none' },
  'other-stamp': { timestamp: 'of something else' },
  'forged-proof': { proof: 'forged' },
  claimed: { loggedAtMs: SIGNED_AT_MS + HOUR_MS, claimedAtMs: SIGNED_AT_MS },
  late: { loggedAtMs: SIGNED_AT_MS + 10 * MINUTE_MS },
  early: { loggedAtMs: SIGNED_AT_MS - 2 * MINUTE_MS },
  'no-sct': { certificateTransparency: 'none' },
  'forged-sct': { certificateTransparency: 'forged' },
  purpose: { purpose: Purpose.serverAuth },
  issuer: { issuer: 'https://evil.example/?https://oidc.example' },
  'two-lines': { issuer: 'https://evil.example\nhttps://oidc.example' },
};
for (const [name, forgery] of Object.entries(KEYLESS)) {
  const subject = await push(`cosign/${name}`);
  const judge = (claim) => judgeEvidence({ subject, claims: [claim], passedOver: [] }, { provider: 'cosign', identities: [identity], trustedRoot: root }, SIGNED_AT_MS);

  const attached = sigstore.attached(subject.digest, forgery);
  const layers = [{ mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json', content: attached.bytes, annotations: attached.annotations }];
  await registry.pushArtifact({ repository: `cosign/${name}`, tag: `${subject.digest.replace(':', '-')}.sig`, layers });
  const offline = ['--new-bundle-format=false', '--offline', '--trusted-root', join(directory, 'root.json'), '--allow-http-registry'];
  report(`attached ${name}`, judge(attached), await accepts('cosign', 'verify', ...offline, ...identityFlags, subject.name));

  const bundle = sigstore.bundle(subject.digest, { ...forgery, rekorTwo: 'hashedrekord' });
  const file = join(directory, `${name}.json`);
  await writeFile(file, bundle.bytes);
  const flags = ['--bundle', file, '--trusted-root', join(directory, 'root.json'), '--use-signed-timestamps', '--type', 'https://sigstore.dev/cosign/sign/v1'];
  const artifact = ['--digest', subject.digest.slice('sha256:'.length), '--digestAlg', 'sha256'];
  report(`bundle ${name}`, judge(bundle), await accepts('cosign', 'verify-blob-attestation', ...flags, ...identityFlags, ...artifact));
}

const nowMs = Date.now();
const notary = createNotary(nowMs);
const scheme = 'io.cncf.notary.signingScheme';
const expiry = 'io.cncf.notary.expiry';
const authenticTime = 'io.cncf.notary.authenticSigningTime';
const at = (ms) => new Date(nowMs + ms).toISOString();
const [leaf, ca] = [keyUsage(KeyUsage.digitalSignature), keyUsage(KeyUsage.certificateSigning)];
const stores = join(directory, 'notation', 'truststore', 'x509');
for (const type of ['ca', 'signingAuthority']) {
  await mkdir(join(stores, type, 'x'), { recursive: true });
  await writeFile(join(stores, type, 'x', 'root.pem'), notary.rootPem);
}
const ENVELOPES = {
  ...Object.fromEntries(Object.keys(KEYS).map((algorithm) => [algorithm.toLowerCase(), { algorithm }])),
  authority: { scheme: 'notary.x509.signingAuthority', critical: [scheme, authenticTime], headers: { [authenticTime]: at(-2 * HOUR_MS) }, notAfterMs: nowMs - HOUR_MS },
  expires: { critical: [scheme, expiry], headers: { [expiry]: at(HOUR_MS) } },
  'expires-uncritically': { headers: { [expiry]: at(HOUR_MS) } },
  'both-times': { headers: { [authenticTime]: at(0) } },
  size: { target: { size: 8 } },
  type: { contentType: 'application/json' },
  scheme: { scheme: 'mine' },
  uncritical: { critical: [] },
  'leaf-authority': { leafExtensions: [authority(), leaf] },
  'no-usage': { leafExtensions: [] },
  'uncritical-usage': { leafExtensions: [keyUsage(KeyUsage.digitalSignature, false)] },
  'more-usage': { leafExtensions: [keyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment)] },
  'tls-purpose': { leafExtensions: [leaf, purposes(Purpose.codeSigning, Purpose.serverAuth)] },
  'code-purpose': { leafExtensions: [leaf, purposes(Purpose.codeSigning)] },
  'no-authority': { intermediateExtensions: [ca] },
  'no-signing-authority': { intermediateExtensions: [authority(), leaf] },
  'no-intermediate': { chain: (end, _, top) => [end, top] },
  'no-root': { chain: (end, middle) => [end, middle] },
  'two-roots': { chain: (end, middle, top) => [end, middle, top, top] },
  expired: { notAfterMs: nowMs - MINUTE_MS },
  future: { notBeforeMs: nowMs + HOUR_MS },
  'id-subset': { identity: 'C=DE,ST=Berlin,O=Notaries\\, Inc.' },
  'id-escapes': { identity: 'CN=signer, O=Notaries\\2C Inc., S=Berlin, C=DE' },
  'id-semicolons': { identity: 'C=DE;ST=Berlin ;O=Notaries\\, Inc.' },
  'id-prefix': { identity: 'C=DE,ST=Berlin,O=Notaries' },
  'id-case': { identity: 'C=DE,ST=berlin,O=Notaries\\, Inc.' },
  'id-type-case': { identity: 'c=DE,ST=Berlin,O=Notaries\\, Inc.' },
  'id-plus': { identity: 'C=DE+ST=Berlin,O=Notaries\\, Inc.' },
  'id-quotes': { identity: 'C=DE,ST=Berlin,O="Notaries, Inc."' },
  'id-twice': { subject: [...person('signer'), [Name.unit, 'a'], [Name.unit, 'b']], identity: 'C=DE,ST=Berlin,O=Notaries\\, Inc.,OU=a' },
};
for (const format of ['jws', 'cose']) {
  for (const [name, { identity: wanted, ...forgery }] of Object.entries(ENVELOPES)) {
    const repository = `${format}/${name}`;
    const subject = await push(repository);
    const claim = notary[format](subject, forgery);
    const trustedIdentities = [wanted === undefined ? '*' : `x509.subject:${wanted}`];
    const statement = { name: 'one', registryScopes: ['*'], signatureVerification: { level: 'strict' }, trustStores: ['ca:x', 'signingAuthority:x'], trustedIdentities };
    const policy = Buffer.from(JSON.stringify({ version: '1.0', trustPolicies: [statement] }));
    await writeFile(join(directory, 'notation', 'trustpolicy.json'), policy, { mode: 0o600 });
    const files = { 'trustpolicy.json': policy, 'root.pem': notary.rootPem };
    const ours = judgeEvidence({ subject, claims: [claim], passedOver: [] }, { provider: 'notation', files }, nowMs);

    const { mediaType, digest, size } = subject;
    const layers = [{ mediaType: claim.mediaType, content: claim.bytes }];
    const pushed = await registry.pushArtifact({ repository, tag: 'signature', configMediaType: NOTATION, config: Buffer.from('{}'), layers, subject: { mediaType, digest, size } });
    const referrer = { mediaType: MANIFEST, digest: pushed.digest, size: await sizeOf(repository, pushed.digest), artifactType: NOTATION };
    const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [referrer] };
    await registry.pushManifest(`${repository}:${digest.replace(':', '-')}`, index);
    report(`${format} ${name}`, ours, await accepts('notation', 'verify', '--insecure-registry', subject.name));
  }
}
await rm(directory, { recursive: true });
