import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bits, integer, octets, oid, sequence, set, TRUE, tagged, text, time } from './der.ts';

/** Attributes of a distinguished name, in the order in which they are written. */
export interface Subject {
  /** C: two letters. */
  readonly country?: string;
  /** ST */
  readonly state?: string;
  /** O */
  readonly organization?: string;
  /** CN */
  readonly commonName: string;
}

export type CertificateUse = 'authority' | 'server' | 'client' | 'code signing';

export interface CertificateFields {
  readonly subject: Subject;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly subject: Subject; readonly key: KeyObject; readonly publicKey: KeyObject };
  readonly use: CertificateUse;
  /** DNS names and IPv4 addresses. */
  readonly hosts?: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * A signed X.509 certificate, as PEM. Written out by hand (RFC 5280, DER) because Node reads X.509 but cannot make it, and tests should not
 * need the openssl program.
 */
export function signCertificate({ subject, publicKey, issuer, use, hosts = [], notBefore, notAfter }: CertificateFields): string {
  const algorithm = issuer.key.asymmetricKeyType === 'rsa' ? sequence(oid(OID.sha256WithRsa), NULL) : sequence(oid(OID.ecdsaWithSha256));
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name(issuer.subject),
    sequence(time(notBefore.getTime()), time(notAfter.getTime())),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(
        ...purpose(use),
        ...(hosts.length === 0 ? [] : [extension(OID.subjectAltName, sequence(...hosts.map(generalName)))]),
        extension(OID.subjectKeyIdentifier, octets(keyIdentifier(publicKey))),
        extension(OID.authorityKeyIdentifier, sequence(tagged(0x80, keyIdentifier(issuer.publicKey)))),
      ),
    ),
  );
  const der = sequence(body, algorithm, bits(sign('sha256', body, issuer.key)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const OID = {
  sha256WithRsa: '1.2.840.113549.1.1.11',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  country: '2.5.4.6',
  state: '2.5.4.8',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
} as const;

const NULL = tagged(0x05);
const EXTENDED_USAGE = { server: OID.serverAuth, client: OID.clientAuth, 'code signing': OID.codeSigning } as const;

function purpose(use: CertificateUse): readonly Buffer[] {
  if (use === 'authority')
    return [
      extension(OID.basicConstraints, sequence(TRUE), { critical: true }),
      // keyCertSign and cRLSign
      extension(OID.keyUsage, bits(Buffer.from([0b0000_0110]), 1), { critical: true }),
    ];
  return [
    extension(OID.basicConstraints, sequence(), { critical: true }),
    // digitalSignature
    extension(OID.keyUsage, bits(Buffer.from([0b1000_0000]), 7), { critical: true }),
    extension(OID.extendedKeyUsage, sequence(oid(EXTENDED_USAGE[use]))),
  ];
}

function extension(id: string, value: Buffer, { critical = false } = {}): Buffer {
  return sequence(oid(id), ...(critical ? [TRUE] : []), octets(value));
}

function name({ country, state, organization, commonName }: Subject): Buffer {
  const parts: (Buffer | undefined)[] = [
    // A PrintableString, by RFC 5280.
    country === undefined ? undefined : sequence(oid(OID.country), tagged(0x13, Buffer.from(country))),
    state === undefined ? undefined : sequence(oid(OID.state), text(state)),
    organization === undefined ? undefined : sequence(oid(OID.organization), text(organization)),
    sequence(oid(OID.commonName), text(commonName)),
  ];
  return sequence(...parts.flatMap((part) => (part === undefined ? [] : [set(part)])));
}

function generalName(host: string): Buffer {
  return isIPv4(host) ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host));
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}
