/**
 * What became of a verification.
 *
 * - `verified`: a signature over exactly this digest was made by somebody the owner of the object trusts. `by` names the signer, for logs and conditions;
 *   `warnings` are sentences about what passed only because the owner's rules are generous.
 * - `ignored`: the owner's trust policy says that this artifact may be used unverified (notation's `skip` and `audit`). It may be pulled, and must not be
 *   called verified.
 * - `unverified`: no signature convinces. Trying again later can help: the registry, a Secret or a certificate may change.
 * - `unsupported`: what the owner asks for cannot be decided here at all. Only another configuration helps, so a reconciler stalls.
 *
 * Plain data: it crosses worker threads as it is. Messages quote no secret.
 */
export type Verdict =
  | { readonly kind: 'verified'; readonly by: string; readonly warnings: readonly string[] }
  | { readonly kind: 'ignored'; readonly message: string }
  | { readonly kind: 'unverified'; readonly message: string }
  | { readonly kind: 'unsupported'; readonly message: string };

/** Why one signature, key, certificate or policy was not accepted: a sentence for the verdict. Never leaves this package as a throw. */
export class Rejection extends Error {
  override readonly name = 'Rejection';
}

/** Throws a {@link Rejection} unless `condition` holds. */
export function ensure(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Rejection(otherwise);
}

const MAX_REASONS = 3;
const MAX_REASON_CHARACTERS = 300;

/** The sentence for a thrown value: parsers of hostile bytes throw whatever they like, of any length. */
export function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  // Control characters come from a stranger's certificate or JSON and would end up in a condition and in log lines.
  const oneLine = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return oneLine.length > MAX_REASON_CHARACTERS ? `${oneLine.slice(0, MAX_REASON_CHARACTERS)}…` : oneLine;
}

/** A few different reasons, in the order they came up. */
export function summary(reasons: readonly string[]): string {
  const distinct = [...new Set(reasons)];
  const more = distinct.length - MAX_REASONS;
  return distinct.slice(0, MAX_REASONS).join('; ') + (more > 0 ? `; and ${more} more` : '');
}
