import { X509Certificate } from 'node:crypto';
import { filesEndingIn, type SecretFiles } from './secret-files.ts';
import { ensure, Rejection } from './verdict.ts';

const BEGIN = /-----BEGIN CERTIFICATE-----/g;

/** The certificates a notation signature must lead to, as DER. */
export interface TrustStore {
  readonly certificates: readonly Buffer[];
  readonly warnings: readonly string[];
}

/**
 * Reads the `*.crt` and `*.pem` files of a Secret, PEM or DER. Of a file with several certificates the first is trusted, as upstream: to
 * trust more would be to trust a chain's root where the owner has pinned its leaf. Throws {@link Rejection}.
 */
export function readTrustStore(files: SecretFiles): TrustStore {
  const found = filesEndingIn(files, ['.crt', '.pem']);
  ensure(found.length > 0, "the Secret has no certificate whose name ends in '.crt' or '.pem'");
  const warnings: string[] = [];
  const certificates = found.map(([name, content]) => {
    const bytes = Buffer.from(content);
    const count = bytes.toString('latin1').match(BEGIN)?.length ?? 1;
    if (count > 1) warnings.push(`'${name}' holds ${count} certificates, of which the first is trusted`);
    try {
      return new X509Certificate(bytes).raw;
    } catch {
      throw new Rejection(`'${name}' holds no certificate`);
    }
  });
  return { certificates, warnings };
}
