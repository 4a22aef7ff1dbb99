import { type KeyObject, sign } from 'node:crypto';
import { bits, boolean, explicit, implicit, integer, nothing, octets, oid, sequence, set, shortTime, utf8 } from './der.ts';

export interface Extension {
  readonly oid: string;
  readonly critical?: boolean;
  readonly value: Uint8Array;
}

export interface CertificateRequest {
  /** Pairs of attribute type (an OID) and value. */
  readonly subject: readonly (readonly [string, string])[];
  readonly issuer: readonly (readonly [string, string])[];
  readonly publicKey: KeyObject;
  readonly signWith: KeyObject;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly extensions: readonly Extension[];
}

export const Name = { commonName: '2.5.4.3', country: '2.5.4.6', state: '2.5.4.8', organization: '2.5.4.10', unit: '2.5.4.11' } as const;
export const Purpose = { serverAuth: '1.3.6.1.5.5.7.3.1', codeSigning: '1.3.6.1.5.5.7.3.3', timeStamping: '1.3.6.1.5.5.7.3.8' } as const;
export const KeyUsage = { digitalSignature: 0x80, keyEncipherment: 0x20, certificateSigning: 0x04 } as const;

export const keyUsage = (flags: number, critical = true): Extension => ({ oid: '2.5.29.15', critical, value: bits(Buffer.from([flags])) });
export const purposes = (...oids: readonly string[]): Extension => ({ oid: '2.5.29.37', value: sequence(...oids.map(oid)) });
export const authority = (maxBelow?: number): Extension => ({
  oid: '2.5.29.19',
  critical: true,
  value: sequence(boolean(true), ...(maxBelow === undefined ? [] : [integer(maxBelow)])),
});
export const ocspAt = (url: string): Extension => ({
  oid: '1.3.6.1.5.5.7.1.1',
  value: sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), implicit(6, Buffer.from(url)))),
});
export const uriName = (uri: string): Extension => ({ oid: '2.5.29.17', critical: true, value: sequence(implicit(6, Buffer.from(uri))) });

/** Of every certificate made here. */
export const SERIAL = 4711;

/** The part of a certificate that is signed. */
export function toBeSigned({ subject, issuer, publicKey, signWith, notBeforeMs, notAfterMs, extensions }: CertificateRequest): Buffer {
  return sequence(
    explicit(0, integer(2)),
    integer(SERIAL),
    algorithmOf(signWith),
    nameOf(issuer),
    sequence(shortTime(notBeforeMs), shortTime(notAfterMs)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions.map(({ oid: type, critical = false, value }) => sequence(oid(type), ...(critical ? [boolean(true)] : []), octets(value))))),
  );
}

/** A certificate in DER, signed with SHA-256. */
export function issue(request: CertificateRequest, tbs = toBeSigned(request)): Buffer<ArrayBuffer> {
  return Buffer.from(sequence(tbs, algorithmOf(request.signWith), bits(sign('sha256', tbs, request.signWith))));
}

export function pemOf(der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function algorithmOf(key: KeyObject): Buffer {
  return key.asymmetricKeyType === 'rsa' ? sequence(oid('1.2.840.113549.1.1.11'), nothing()) : sequence(oid('1.2.840.10045.4.3.2'));
}

export function nameOf(attributes: readonly (readonly [string, string])[]): Buffer {
  return sequence(...attributes.map(([type, value]) => set(sequence(oid(type), utf8(value)))));
}
