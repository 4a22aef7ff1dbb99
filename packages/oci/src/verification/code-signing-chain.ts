import { X509Certificate as NodeCertificate } from 'node:crypto';
import { X509Certificate } from '@sigstore/core';
import { ensure, Rejection } from './verdict.ts';

const KEY_USAGE = '2.5.29.15';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const REVOCATION_LISTS = '2.5.29.31';
const AUTHORITY_INFORMATION = '1.3.6.1.5.5.7.1.1';
const OCSP = '1.3.6.1.5.5.7.48.1';
/** MD5 and SHA-1, with RSA and ECDSA: Go refuses certificates signed so, and so do we. */
const WEAK_SIGNATURES = ['1.2.840.113549.1.1.4', '1.2.840.113549.1.1.5', '1.2.840.10045.4.1'];
/** TLS server and client, e-mail, time stamps, OCSP: a certificate for one of these must not sign artifacts as well. */
const FOREIGN_USAGES = ['1', '2', '4', '8', '9'].map((purpose) => `1.3.6.1.5.5.7.3.${purpose}`);
const DIGITAL_SIGNATURE = 0;
const NON_REPUDIATION = 1;
const CERTIFICATE_SIGNING = 5;

/** A certificate, with what Node knows of it and what only its ASN.1 tells. */
export interface ChainCertificate {
  readonly node: NodeCertificate;
  readonly asn1: X509Certificate;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Whether it names a place to ask whether it was revoked. */
  readonly revocable: boolean;
}

export function readCertificate(der: Uint8Array): ChainCertificate {
  let node: NodeCertificate;
  let asn1: X509Certificate;
  try {
    node = new NodeCertificate(der);
    // What Node parsed, and nothing after it: the two views must be of the same bytes.
    asn1 = X509Certificate.parse(Buffer.from(node.raw));
  } catch {
    throw new Rejection('a certificate is malformed');
  }
  const revocable = asn1.extension(REVOCATION_LISTS) !== undefined || hasOcsp(asn1);
  return { node, asn1, notBeforeMs: asn1.notBefore.getTime(), notAfterMs: asn1.notAfter.getTime(), revocable };
}

function hasOcsp(certificate: X509Certificate): boolean {
  const descriptions = certificate.extension(AUTHORITY_INFORMATION)?.valueObj.subs[0]?.subs ?? [];
  return descriptions.some(({ subs }) => subs[0]?.toOID() === OCSP);
}

/**
 * Throws {@link Rejection} unless the certificates, leaf first, are a complete chain for code signing: each issued by the next, the last by
 * itself, with the key usages that notation asks for (signature-specification.md, "Certificate Requirements"). Times and trust are not
 * looked at.
 */
export function checkCodeSigningChain(chain: readonly ChainCertificate[]): void {
  for (const [index, certificate] of chain.entries()) {
    const last = index === chain.length - 1;
    ensure(!isWeaklySigned(certificate), 'a certificate is signed with MD5 or SHA-1');
    ensure(last || !isIssuedBy(certificate, certificate), 'a certificate before the end of the chain is self-signed');
    const issuer = last ? certificate : chain[index + 1];
    ensure(
      issuer !== undefined && isIssuedBy(certificate, issuer),
      last ? 'the chain does not end in a self-signed certificate' : 'a certificate is not issued by the next one',
    );
    if (index === 0) checkLeaf(certificate);
    else checkAuthority(certificate, index - 1);
  }
}

function isIssuedBy({ node, asn1 }: ChainCertificate, issuer: ChainCertificate): boolean {
  if (!Buffer.from(asn1.issuer).equals(Buffer.from(issuer.asn1.subject))) return false;
  try {
    return node.verify(issuer.node.publicKey);
  } catch {
    return false;
  }
}

function isWeaklySigned({ asn1 }: ChainCertificate): boolean {
  const algorithm = asn1.root.subs[1]?.subs[0]?.toOID();
  return algorithm === undefined || WEAK_SIGNATURES.includes(algorithm);
}

function checkLeaf({ asn1 }: ChainCertificate): void {
  ensure(asn1.extBasicConstraints?.isCA !== true, 'the signing certificate is that of an authority');
  const used = keyUsages(asn1);
  ensure(used.includes(DIGITAL_SIGNATURE), 'the signing certificate is not for digital signatures');
  ensure(
    used.every((bit) => bit === DIGITAL_SIGNATURE || bit === NON_REPUDIATION),
    'the signing certificate is for more than digital signatures',
  );
  const purposes = asn1.extension(EXTENDED_KEY_USAGE)?.valueObj.subs[0]?.subs.map((purpose) => purpose.toOID()) ?? [];
  ensure(!purposes.some((purpose) => FOREIGN_USAGES.includes(purpose)), 'the signing certificate is for another purpose than code signing');
}

function checkAuthority({ asn1 }: ChainCertificate, authoritiesBelow: number): void {
  const constraints = asn1.extBasicConstraints;
  ensure(constraints?.isCA === true, 'an issuing certificate is not that of an authority');
  const limit = constraints.pathLenConstraint;
  ensure(limit === undefined || limit >= BigInt(authoritiesBelow), 'an authority is too far from the signing certificate');
  ensure(keyUsages(asn1).includes(CERTIFICATE_SIGNING), 'an authority may not sign certificates');
}

/** The bits that are set. */
function keyUsages(certificate: X509Certificate): readonly number[] {
  const extension = certificate.extension(KEY_USAGE);
  ensure(extension?.critical === true, 'a certificate has no critical key usage');
  const bits = extension.valueObj.subs[0]?.toBitString() ?? [];
  return bits.flatMap((bit, index) => (bit === 1 ? [index] : []));
}
