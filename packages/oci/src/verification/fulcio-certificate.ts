import type { X509Certificate } from '@sigstore/core';
import type { CertifiedIdentity } from './oidc-identity.ts';
import { ensure } from './verdict.ts';

/**
 * Fulcio's extensions (https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md): the issuer as DER, and in the retired form as bare
 * bytes.
 */
const ISSUER_V2 = '1.3.6.1.4.1.57264.1.8';
const ISSUER_V1 = '1.3.6.1.4.1.57264.1.1';
const USER_NAME = '1.3.6.1.4.1.57264.1.7';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const NAME = { other: 0, email: 1, dns: 2, uri: 6 } as const;

/** Reads whom a certificate of Fulcio was issued to. Throws {@link Rejection} if it does not say, or is not for signing code. */
export function certifiedIdentity(certificate: X509Certificate): CertifiedIdentity {
  ensure(!certificate.isCA, 'the signing certificate is that of an authority');
  const usages = certificate.extension(EXTENDED_KEY_USAGE)?.valueObj.subs[0]?.subs.map((usage) => usage.toOID()) ?? [];
  ensure(usages.includes(CODE_SIGNING), 'the signing certificate is not for code signing');

  const v2 = certificate.extension(ISSUER_V2)?.valueObj.subs[0]?.value;
  const issuer = v2 ?? certificate.extension(ISSUER_V1)?.value;
  ensure(issuer !== undefined, 'the signing certificate names no OIDC issuer');
  const subjects = subjectNames(certificate);
  ensure(subjects.length > 0, 'the signing certificate names no subject');
  return { issuer: text(issuer), subjects };
}

function subjectNames(certificate: X509Certificate): readonly string[] {
  const names = certificate.extension(SUBJECT_ALTERNATIVE_NAME)?.valueObj.subs[0]?.subs ?? [];
  return names.flatMap((name) => {
    if ([NAME.email, NAME.dns, NAME.uri].some((tag) => name.tag.isContextSpecific(tag))) return [text(name.value)];
    if (!name.tag.isContextSpecific(NAME.other)) return [];
    const [type, value] = name.subs;
    return type?.toOID() === USER_NAME && value?.subs[0] !== undefined ? [text(value.subs[0].value)] : [];
  });
}

/** Strict: bytes that decode to something else than they are must not reach a comparison. */
function text(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
