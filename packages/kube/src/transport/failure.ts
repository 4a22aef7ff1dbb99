import { AnswerTooLarge, ConnectionError, ProtocolError } from '../errors.ts';
import type { ApiRequest } from './requests.ts';

/** The error of a request without a usable answer. Names verb, path and host; leaves out the query, which quotes selectors, and every header. */
export function failureOf(request: Pick<ApiRequest, 'method' | 'path'>, server: URL, cause: unknown): ConnectionError {
  const message = `failed to ${request.method} ${server.host}${request.path.split('?')[0]}: ${detailOf(cause)}`;
  if (cause instanceof AnswerTooLarge) return new AnswerTooLarge(message, { cause });
  if (cause instanceof ProtocolError) return new ProtocolError(message, { cause });
  return new ConnectionError(message, { cause });
}

function detailOf(cause: unknown): string {
  // A host with several addresses, none of which answered, fails with an error that has a code and no text.
  if (cause instanceof AggregateError && cause.message === '') return cause.errors.map(detailOf).join(', ');
  return cause instanceof Error ? cause.message : String(cause);
}
