/** A request that got no answer to use. The message names the server and holds no secret. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  /** `refused`: we did not connect, because of where that would have led. */
  readonly kind: 'unreachable' | 'too-large' | 'redirect' | 'refused';

  constructor(kind: HttpFailure['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
