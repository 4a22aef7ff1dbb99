import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** PEM throughout. `ca` signed `cert`. */
export interface ServingCertificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const VALID_DAYS = 365;

/**
 * Makes a certificate authority and a server certificate for the given host names and IPv4 addresses. The authority's key is thrown away.
 * Written out by hand (RFC 5280, DER) because Node reads X.509 but cannot make it, and tests should not need the openssl program.
 */
export function issueServingCertificate(hosts: readonly string[]): ServingCertificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name: 'testkit CA', key: authority.privateKey, publicKey: authority.publicKey };
  const ca = certificate({
    subject: issuer.name,
    publicKey: authority.publicKey,
    issuer,
    extensions: [
      extension(OID.basicConstraints, sequence(TRUE), { critical: true }),
      extension(OID.keyUsage, bits(0b0000_0110, 1), { critical: true }),
    ],
  });
  const cert = certificate({
    subject: hosts[0] ?? 'localhost',
    publicKey: server.publicKey,
    issuer,
    extensions: [
      extension(OID.basicConstraints, sequence(), { critical: true }),
      extension(OID.keyUsage, bits(0b1000_0000, 7), { critical: true }),
      extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth))),
      extension(OID.subjectAltName, sequence(...hosts.map(generalName))),
    ],
  });
  return { ca, cert, key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

interface CertificateFields {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly name: string; readonly key: KeyObject; readonly publicKey: KeyObject };
  readonly extensions: readonly Buffer[];
}

function certificate({ subject, publicKey, issuer, extensions }: CertificateFields): string {
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const now = Date.now();
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    commonName(issuer.name),
    sequence(utcTime(now - 3_600_000), utcTime(now + VALID_DAYS * 86_400_000)),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(
        ...extensions,
        extension(OID.subjectKeyIdentifier, tagged(0x04, keyIdentifier(publicKey))),
        extension(OID.authorityKeyIdentifier, sequence(tagged(0x80, keyIdentifier(issuer.publicKey)))),
      ),
    ),
  );
  const der = sequence(body, algorithm, tagged(0x03, Buffer.from([0]), sign('sha256', body, issuer.key)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

/** One tag-length-value of DER. */
function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}

const TRUE = tagged(0x01, Buffer.from([0xff]));
const sequence = (...items: readonly Buffer[]) => tagged(0x30, ...items);
const integer = (bytes: Buffer) => tagged(0x02, bytes);
const utcTime = (ms: number) => tagged(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/^\d\d|[-:T]|\.\d+/g, '')}`));
const commonName = (name: string) => sequence(tagged(0x31, sequence(oid(OID.commonName), tagged(0x0c, Buffer.from(name)))));
const generalName = (host: string) =>
  isIPv4(host) ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host));
const bits = (byte: number, unused: number) => tagged(0x03, Buffer.from([unused, byte]));
const keyIdentifier = (key: KeyObject) =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();

function extension(id: string, value: Buffer, { critical = false } = {}): Buffer {
  return sequence(oid(id), ...(critical ? [TRUE] : []), tagged(0x04, value));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}
