import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { ClientCertificate } from '../outbound/http-access.ts';
import type { SecretKeys } from './secret-keys.ts';

/** What a Secret says about TLS. */
export interface TlsKeys {
  readonly ca?: string;
  readonly certificate?: ClientCertificate;
}

const KEYS = ['tls.crt', 'tls.key', 'ca.crt', 'certFile', 'keyFile', 'caFile'];

export const hasTlsKeys = (keys: SecretKeys): boolean => KEYS.some((key) => keys.has(key));

/** `ca.crt`, and `tls.crt` with `tls.key`, or the same under their names of old. An empty value counts as none. Throws `InvalidLogin`. */
export function tlsKeysOf(keys: SecretKeys): TlsKeys {
  const text = (...names: readonly string[]) => keys.text(...names) || undefined;
  const [cert, key, ca] = [text('tls.crt', 'certFile'), text('tls.key', 'keyFile'), text('ca.crt', 'caFile')];
  if (cert !== undefined && key === undefined) throw keys.invalid("has 'tls.crt' but no 'tls.key'");
  if (cert === undefined && key !== undefined) throw keys.invalid("has 'tls.key' but no 'tls.crt'");
  return {
    ...(ca === undefined ? {} : { ca: authoritiesIn(ca, keys) }),
    ...(cert === undefined || key === undefined ? {} : { certificate: pairOf(cert, key, keys) }),
  };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]{1,100000}-----END CERTIFICATE-----/g;

/** Whatever else stands between certificates is left out, as bundles of distributions have it. */
function authoritiesIn(bundle: string, keys: SecretKeys): string {
  const certificates = bundle.match(CERTIFICATE)?.filter((text) => certificateOf(text) !== undefined) ?? [];
  if (certificates.length === 0) throw keys.invalid("has no certificate in PEM in 'ca.crt'");
  return `${certificates.join('\n')}\n`;
}

/** Told here, where it can be said what is wrong, and not by a handshake. */
function pairOf(cert: string, key: string, keys: SecretKeys): ClientCertificate {
  const certificate = certificateOf(cert);
  if (certificate === undefined) throw keys.invalid("has no certificate in PEM in 'tls.crt'");
  const privateKey = privateKeyOf(key);
  if (privateKey === undefined) throw keys.invalid("has no private key in PEM without a passphrase in 'tls.key'");
  if (!certificate.checkPrivateKey(privateKey)) throw keys.invalid("has a 'tls.key' that does not belong to its 'tls.crt'");
  return { cert, key };
}

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

export const MAX_RSA_BITS = 4_096;

/** Whether to sign with it would hold up the thread that serves everybody: twice the bits take eight times as long. */
export const isLarge = (key: KeyObject): boolean => (key.asymmetricKeyDetails?.modulusLength ?? 0) > MAX_RSA_BITS;

/** A private key in PEM that needs no passphrase; undefined for anything else. */
export function privateKeyOf(pem: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
