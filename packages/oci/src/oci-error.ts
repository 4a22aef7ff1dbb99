/** What went wrong with a registry or an artifact, as far as somebody could act on it. */
export type OciErrorKind =
  /** The spec is at fault: a URL, tag, digest, range or pattern that is none. Asking again does not help. */
  | 'invalid'
  | 'unauthorized'
  | 'not-found'
  /** No tag fits the range. */
  | 'no-match'
  /** The artifact has no layer of the kind that is wanted. */
  | 'no-layer'
  | 'rate-limited'
  | 'unreachable'
  /** The registry does not speak the protocol, or speaks a part of it that we do not. */
  | 'protocol'
  | 'digest-mismatch'
  | 'too-large'
  /** What no registry says by mistake. */
  | 'hostile'
  /** We did not ask, because of where that would have led. */
  | 'refused';

/** An operation on a registry that failed. Messages hold no credentials. */
export class OciError extends Error {
  override readonly name = 'OciError';
  readonly kind: OciErrorKind;

  constructor(kind: OciErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
