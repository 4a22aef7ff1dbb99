const MASK = '*****';

const SECRETS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // URL userinfo: https://user:password@host
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@'"]{1,500}@/gi, `$1${MASK}@`],
  [/\b(authorization["']?\s{0,5}[:=]\s{0,5}["']?)(?:(?:basic|bearer|token)\s+)?[^\s"',]{1,5000}/gi, `$1${MASK}`],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,5000}/gi, `$1 ${MASK}`],
  [
    /([?&](?:sig|signature|token|access_token|password|secret|key|x-amz-signature|x-amz-credential|x-amz-security-token)=)[^&\s"']{1,5000}/gi,
    `$1${MASK}`,
  ],
  [/-----BEGIN [A-Z0-9 ]{1,50}-----[\s\S]{0,20000}?-----END [A-Z0-9 ]{1,50}-----/g, MASK],
];

/**
 * Masks what looks like a credential in text that leaves the process: userinfo of URLs, Authorization values, bearer tokens, signatures in query strings,
 * PEM blocks. Every quantifier is bounded: the text may be an attacker's.
 */
export function redact(text: string): string {
  return SECRETS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}

/** Masks these very values, as they are and as they look percent- or base64-encoded. Values too short to be secrets are left alone. */
export function redactValues(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]);
  return forms.reduce((masked, form) => masked.replaceAll(form, MASK), text);
}
