/** What is wrong with something of Helm's, as far as somebody could act on it. */
export type HelmErrorKind =
  /** Not an index, or one that nobody can read. */
  | 'invalid-index'
  /** The index has no such chart, or it has no version that the range allows. */
  | 'chart-not-found'
  | 'version-not-found'
  /** What the object asks for can never be had: a name, a range, a path. */
  | 'invalid-reference'
  | 'invalid-chart'
  | 'too-large'
  | 'invalid-values'
  | 'values-file-not-found'
  | 'invalid-dependency'
  /** A template that cannot be parsed or executed. */
  | 'invalid-template'
  /** A template made what is no object. */
  | 'invalid-manifest'
  | 'invalid-release'
  | 'invalid-schema';

/** A chart or a repository that cannot be used. Messages are for the author of either, and hold no credentials. */
export class HelmError extends Error {
  override readonly name = 'HelmError';
  readonly kind: HelmErrorKind;

  constructor(kind: HelmErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
