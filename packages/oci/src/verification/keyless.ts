import { createHash, X509Certificate as NodeCertificate, timingSafeEqual } from 'node:crypto';
import type { TransparencyLogEntry } from '@sigstore/bundle';
import { pem, X509Certificate } from '@sigstore/core';
import { type SignedEntity, type TrustMaterial, toSignedEntity, Verifier } from '@sigstore/verify';
import { certifiedIdentity } from './fulcio-certificate.ts';
import { attachedLogEntry } from './legacy-log-entry.ts';
import { checkLoggedSigner } from './log-entry.ts';
import type { CertifiedIdentity } from './oidc-identity.ts';
import { checkStrength, signedBy } from './public-key.ts';
import type { Claim } from './signature-source.ts';
import { parseBundle } from './sigstore-bundle.ts';
import { attachedSignature, checkPayload } from './simple-signing.ts';
import { ensure } from './verdict.ts';

const CERTIFICATE = 'dev.sigstore.cosign/certificate';

/** A keyless signature taken apart: what was signed, with which certificate, logged where. */
interface KeylessSignature {
  readonly certificate: Buffer<ArrayBuffer>;
  readonly signature: SignedEntity['signature'];
  readonly logEntries: readonly TransparencyLogEntry[];
  readonly timestamps: SignedEntity['timestamps'];
}

/**
 * Who made a keyless signature over this digest. Throws {@link Rejection}, or an error of the library, unless
 *
 * - the certificate chains to an authority of the trusted root, with every certificate of the chain valid at each time that a log or a timestamp authority
 *   vouches for; a time nobody signed counts for nothing, and one at least is needed;
 * - a certificate transparency log promised to include the certificate;
 * - a transparency log promised or proves to include an entry about exactly this signature, these bytes and this certificate;
 * - the signature over the bytes is good, and the bytes are about the digest.
 */
export function keylessSigner(claim: Claim, digest: string, trust: TrustMaterial): CertifiedIdentity {
  const {
    certificate: der,
    signature,
    logEntries,
    timestamps,
  } = claim.format === 'simple-signing' ? attached(claim, digest) : bundled(claim, digest);
  const certificate = X509Certificate.parse(der);
  const publicKey = new NodeCertificate(der).publicKey;
  checkStrength(publicKey);
  const verifier = new Verifier(trust, { ctlogThreshold: 1, tlogThreshold: 1, timestampThreshold: 1 });
  verifier.verify({ signature, key: { $case: 'certificate', certificate }, tlogEntries: [...logEntries], timestamps });
  const publicKeyDer = publicKey.export({ type: 'spki', format: 'der' });
  for (const entry of logEntries) checkLoggedSigner(entry, { der, publicKeyDer });
  return certifiedIdentity(certificate);
}

function bundled(claim: Claim, digest: string): KeylessSignature {
  const { bundle, payload, signed, signature } = parseBundle(claim.bytes, digest);
  const { content, tlogEntries } = bundle.verificationMaterial;
  ensure(content.$case === 'certificate', 'the bundle carries no certificate');
  return {
    certificate: Buffer.from(content.certificate.rawBytes),
    signature: signatureOver(signed, signature, payload),
    logEntries: tlogEntries,
    timestamps: toSignedEntity(bundle).timestamps,
  };
}

function attached(claim: Claim, digest: string): KeylessSignature {
  checkPayload(claim.bytes, digest);
  const text = claim.annotations[CERTIFICATE];
  ensure(text !== undefined, 'the signature carries no certificate');
  const tlogEntry = attachedLogEntry(claim);
  return {
    certificate: Buffer.from(pem.toDER(text)),
    signature: signatureOver(Buffer.from(claim.bytes), attachedSignature(claim), Buffer.from(claim.bytes)),
    logEntries: [tlogEntry],
    timestamps: [{ $case: 'transparency-log', tlogEntry }],
  };
}

/** The library's own contents know SHA-256 only, and not the payload of an attached signature. */
function signatureOver(signed: Buffer, signature: Buffer, payload: Buffer): SignedEntity['signature'] {
  const isHashOf = (hash: Buffer, bytes: Buffer): boolean => {
    const algorithm = { 32: 'sha256', 48: 'sha384', 64: 'sha512' }[hash.byteLength];
    return algorithm !== undefined && timingSafeEqual(createHash(algorithm).update(bytes).digest(), hash);
  };
  return {
    signature,
    compareSignature: (other) => other.equals(signature),
    compareDigest: (hash) => isHashOf(hash, payload),
    compareSignedDigest: (hash) => isHashOf(hash, signed),
    verifySignature: (key) => signedBy(key, signed, signature),
  };
}
