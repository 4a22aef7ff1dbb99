import type { GroupVersionKind } from '@gotk/apimachinery';

/** One field that the server did not accept. */
export interface StatusCause {
  readonly field?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The server answered, and the answer is no. Message: the server's own, which can quote the object: redact before showing it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** The Status object's reason, for instance `NotFound`, `Conflict`, `Invalid`, `Expired`; '' when there was none. */
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    answer: { status: number; reason: string; causes?: readonly StatusCause[]; retryAfterMs?: number | undefined },
  ) {
    super(message);
    this.status = answer.status;
    this.reason = answer.reason;
    this.causes = answer.causes ?? [];
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** No answer: refused, reset, timed out, not TLS. The request may or may not have been carried out. */
export class ConnectionError extends Error {
  override readonly name: string = 'ConnectionError';
}

/** An answer came that the protocol does not know: not JSON, not an event, cut short, beyond a limit. Asking again from the same place may bring it again. */
export class ProtocolError extends ConnectionError {
  override readonly name: string = 'ProtocolError';
}

/** The answer is older than what the server has told before: it comes from a member that is behind. */
export class StaleAnswer extends Error {
  override readonly name = 'StaleAnswer';
}

/** The answer was longer than we read. A list can be had in smaller pages. */
export class AnswerTooLarge extends ProtocolError {
  override readonly name = 'AnswerTooLarge';
}

/** A name that no path of the API can hold: empty, `..`, with a slash. It is refused here because as part of a path it would mean something else. */
export class InvalidName extends Error {
  override readonly name = 'InvalidName';
}

/** The API server serves no such kind. */
export class NoMatch extends Error {
  override readonly name = 'NoMatch';
  readonly gvk: GroupVersionKind;

  constructor(gvk: GroupVersionKind) {
    super(`no matches for kind '${gvk.kind}' in version '${gvk.group === '' ? gvk.version : `${gvk.group}/${gvk.version}`}'`);
    this.gvk = gvk;
  }
}

export const isNotFound = (thrown: unknown): thrown is ApiError => thrown instanceof ApiError && thrown.status === 404;
/** There is no such path: the kind is not served in this version any more, and whether there is the object nobody has been asked. */
export const isNotServed = (thrown: unknown): thrown is ApiError => isNotFound(thrown) && thrown.reason === '';
/** The server does not offer this verb for the kind. */
export const isNotOffered = (thrown: unknown): thrown is ApiError => thrown instanceof ApiError && thrown.status === 405;
export const isForbidden = (thrown: unknown): thrown is ApiError => thrown instanceof ApiError && thrown.status === 403;
export const isConflict = (thrown: unknown): thrown is ApiError => thrown instanceof ApiError && thrown.status === 409;
export const isGone = (thrown: unknown): thrown is ApiError => thrown instanceof ApiError && thrown.status === 410;
