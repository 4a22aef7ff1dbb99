import { RE2JS } from 're2js';
import { Rejection } from './verdict.ts';

/** One entry of `spec.verify.matchOIDCIdentity`: RE2 expressions, both of which must match. */
export interface OidcIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** Who a Fulcio certificate was issued to. */
export interface CertifiedIdentity {
  readonly issuer: string;
  /** All subject alternative names. */
  readonly subjects: readonly string[];
}

/** Tells which expected identity a certificate has, if any. */
export interface IdentityMatcher {
  /** The first entry both of whose expressions match. No entry at all matches nobody. */
  match(identity: CertifiedIdentity): OidcIdentity | undefined;
  /** Sentences about expressions that match more than their authors may think. */
  readonly warnings: readonly string[];
}

/**
 * Compiles the expressions; throws {@link Rejection} if one is malformed.
 *
 * As upstream, an expression may match anywhere: `https://token.actions.githubusercontent.com` also matches an issuer that merely contains
 * it. Whoever wants the whole anchors it with `^` and `$`; who does not gets a warning. An empty expression matches everything, upstream
 * too.
 */
export function createIdentityMatcher(identities: readonly OidcIdentity[]): IdentityMatcher {
  const compiled = identities.map((identity, index) => ({
    identity,
    issuer: compile(identity.issuer, `matchOIDCIdentity[${index}].issuer`),
    subject: compile(identity.subject, `matchOIDCIdentity[${index}].subject`),
  }));
  return {
    match: ({ issuer, subjects }) =>
      compiled.find((entry) => entry.issuer.test(issuer) && subjects.some((subject) => entry.subject.test(subject)))?.identity,
    warnings: identities.flatMap(({ issuer, subject }, index) => [
      ...unanchored(issuer, `matchOIDCIdentity[${index}].issuer`),
      ...unanchored(subject, `matchOIDCIdentity[${index}].subject`),
    ]),
  };
}

function compile(expression: string, field: string): RE2JS {
  try {
    return RE2JS.compile(expression);
  } catch {
    throw new Rejection(`${field} is no valid regular expression`);
  }
}

function unanchored(expression: string, field: string): readonly string[] {
  if (/^(?:\^|\\A)/.test(expression)) return [];
  return [`${field} does not begin with '^': it also matches whatever merely contains it`];
}
