import { redact } from '../redact.ts';
import { LocalAddress } from './outbound-address.ts';
import { withoutSecrets } from './shown-url.ts';

/**
 * A request that got no answer to use. The message names the server and holds no secret; nothing of what the server sent is kept as a
 * cause.
 */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  /** `refused`: we did not connect, because of where that would have led. */
  readonly kind: 'unreachable' | 'too-large' | 'redirect' | 'refused';
  /** The system's or Node's name for what happened, such as `ECONNREFUSED`. */
  readonly code: string | undefined;

  constructor(kind: HttpFailure['kind'], message: string, { code }: { readonly code?: string | undefined } = {}) {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

/** Certificates and proxies put text of their own into errors. */
const MAX_TEXT = 500;

/** What to tell of an error that a socket or a parser came up with. */
export function failureOf(target: URL, error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const cause: unknown = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const text = redact((cause instanceof Error ? cause.message : String(cause)).slice(0, MAX_TEXT));
  const kind = cause instanceof LocalAddress ? 'refused' : 'unreachable';
  return new HttpFailure(kind, `failed to reach ${withoutSecrets(target)}: ${text}`, { code: codeOf(cause) });
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
