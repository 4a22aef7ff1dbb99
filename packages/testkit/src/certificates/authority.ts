import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type CertificateFields, type Subject, signCertificate } from './certificate.ts';

/** PEM throughout. `ca` signed `cert`. */
export interface IssuedCertificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface AuthorityOptions {
  readonly subject?: Subject;
  /** Of the authority and of what it issues. Default: EC P-256. */
  readonly keys?: 'ec' | 'rsa';
  /** Of the authority, and of what it issues unless that says otherwise. Default: an hour ago. */
  readonly notBefore?: Date;
  /** Default: a year after `notBefore`. */
  readonly notAfter?: Date;
}

type Validity = Pick<AuthorityOptions, 'notBefore' | 'notAfter'>;

/** A certificate authority that keeps its key, so that it can issue more than one certificate. */
export interface Authority {
  /** PEM of its own certificate. */
  readonly ca: string;
  /** For a server of these host names and IPv4 addresses. */
  issueServing(hosts: readonly string[], validity?: Validity): IssuedCertificate;
  /** For whoever proves by TLS who they are. */
  issueClient(commonName: string, validity?: Validity): IssuedCertificate;
  issueCodeSigning(subject: Subject, validity?: Validity): IssuedCertificate;
}

const HOUR_MS = 3_600_000;
const VALID_DAYS = 365;
const RSA_BITS = 2048;

export function createAuthority(options: AuthorityOptions = {}): Authority {
  const { subject = { commonName: 'testkit CA' }, keys = 'ec' } = options;
  const { notBefore = new Date(Date.now() - HOUR_MS) } = options;
  const { notAfter = new Date(notBefore.getTime() + VALID_DAYS * 24 * HOUR_MS) } = options;
  const own = makeKeys(keys);
  const issuer = { subject, key: own.privateKey, publicKey: own.publicKey };
  const ca = signCertificate({ subject, publicKey: own.publicKey, issuer, use: 'authority', notBefore, notAfter });
  const issue = (fields: Pick<CertificateFields, 'subject' | 'use' | 'hosts'>, validity: Validity = {}): IssuedCertificate => {
    const { publicKey, privateKey } = makeKeys(keys);
    const cert = signCertificate({ notBefore, notAfter, ...validity, ...fields, publicKey, issuer });
    return { ca, cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
  };
  return {
    ca,
    issueServing: (hosts, validity) => issue({ subject: { commonName: hosts[0] ?? 'localhost' }, use: 'server', hosts }, validity),
    issueClient: (commonName, validity) => issue({ subject: { commonName }, use: 'client' }, validity),
    issueCodeSigning: (holder, validity) => issue({ subject: holder, use: 'code signing' }, validity),
  };
}

/** A server certificate for the given host names and IPv4 addresses, of an authority of its own whose key is thrown away. */
export function issueServingCertificate(hosts: readonly string[]): IssuedCertificate {
  return createAuthority().issueServing(hosts);
}

function makeKeys(kind: 'ec' | 'rsa'): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return kind === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
}
