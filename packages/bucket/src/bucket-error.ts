/** A bucket that cannot be read, or must not be. The message holds no secret. */
export class BucketError extends Error {
  override readonly name = 'BucketError';
  /** `hostile`: a key that is no path. */
  readonly kind: 'unauthorized' | 'not-found' | 'unreachable' | 'protocol' | 'too-large' | 'hostile';

  constructor(kind: BucketError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
