import { createHash } from 'node:crypto';
import { FunctionError } from '../../value/function.ts';
import type { CallContext, GoValue } from '../../value/model.ts';
import type { Instant } from '../date/instant.ts';
import { addressNames, extensions, hostName, hostNames, subjectNamed, validity } from './certificate-fields.ts';
import type { KeyPair } from './certificate-value.ts';
import { bitString, contextTag, der, integer, sequence } from './der.ts';
import { elementsOfDer, firstElement } from './der-reader.ts';
import type { Parent } from './parent-certificate.ts';
import { renderPem } from './pem.ts';
import { type PrivateKey, renderKey } from './private-key.ts';
import { publicKeyOf, signed, signerOf } from './signature.ts';

/** What the one who asks for a certificate says of it. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly days: bigint;
  /** Lists of texts, or nils. */
  readonly addresses: GoValue;
  readonly hosts: GoValue;
  readonly isAuthority?: boolean;
}

export interface Surroundings {
  readonly now: Instant;
  readonly serial: bigint;
  readonly context: CallContext;
}

/** Who signs: the key, and the certificate of it, unless the one that is made is its own. */
export interface Issuer {
  readonly key: PrivateKey;
  readonly certificate?: Parent;
}

/** A certificate and its private key as PEM, as Go makes them for Sprig: version 3, for servers and clients. Throws `FunctionError`. */
export function createCertificate(
  { request, key, issuer }: { readonly request: CertificateRequest; readonly key: PrivateKey; readonly issuer: Issuer },
  { now, serial, context }: Surroundings,
): KeyPair {
  const addresses = addressNames(request.addresses);
  const hosts = hostNames(request.hosts);
  const signer = signerOf(issuer.key);
  if (key.kind === 'dsa' || key.kind === 'x25519') {
    const type = key.kind === 'dsa' ? 'dsa' : 'ecdh';
    throw new FunctionError(`error creating certificate: x509: unsupported public key type: *${type}.PublicKey`);
  }
  const publicKey = publicKeyOf(key.key);
  const signerKey = publicKeyOf(signer.key);
  const subject = subjectNamed(request.commonName);
  const parent = issuer.certificate ?? { subject, publicKey: signerKey, subjectKeyId: undefined };
  if (Buffer.compare(signerKey, parent.publicKey) !== 0) {
    throw new FunctionError("error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey");
  }
  const isAuthority = request.isAuthority === true;
  const fields = sequence(
    der(contextTag(0, { constructed: true }), integer(2n)),
    integer(serial),
    signer.algorithm,
    parent.subject,
    validity(now, request.days),
    subject,
    publicKey,
    extensions({
      isAuthority,
      subjectKeyId: isAuthority ? keyId(publicKey) : undefined,
      // A certificate that seems to be its own issuer does not name the key of it.
      authorityKeyId: Buffer.compare(parent.subject, subject) === 0 ? undefined : parent.subjectKeyId,
      alternativeNames: [...hosts.map(hostName), ...addresses],
      hasSubject: request.commonName !== '',
    }),
  );
  const bytes = sequence(fields, signer.algorithm, bitString(signed(fields, signer, context)));
  return { certificate: renderPem({ type: 'CERTIFICATE', bytes }), key: renderKey(key) };
}

/** The first half and more of a hash of the key (RFC 7093). */
function keyId(publicKey: Uint8Array): Uint8Array {
  const [, bits] = elementsOfDer(firstElement(publicKey).content);
  return createHash('sha256')
    .update(bits?.content.subarray(1) ?? new Uint8Array())
    .digest()
    .subarray(0, 20);
}
