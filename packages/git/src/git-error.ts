/** What went wrong with a remote, as far as somebody could act on it. */
export type GitErrorKind =
  | 'unauthorized'
  | 'host-key'
  | 'not-found'
  | 'unreachable'
  | 'timeout'
  | 'protocol'
  | 'empty-repository'
  | 'reference-not-found'
  | 'too-large'
  | 'hostile-content';

/** A Git operation that failed. Messages hold no credentials. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly kind: GitErrorKind;

  constructor(kind: GitErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
