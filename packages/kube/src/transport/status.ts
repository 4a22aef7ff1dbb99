import { isRecord } from '@gotk/apimachinery';
import { ApiError, type StatusCause } from '../errors.ts';

/** What we read of a metav1.Status. Nothing of it is certain: a proxy on the way may have answered instead. */
interface Status {
  readonly message?: unknown;
  readonly reason?: unknown;
  readonly code?: unknown;
  readonly details?: { readonly causes?: unknown; readonly retryAfterSeconds?: unknown } | null;
}

export interface Refusal {
  /** What was asked, for answers without a message of their own: `GET /api/v1/pods`. */
  readonly asked: string;
  readonly status: number;
  readonly retryAfter?: string | undefined;
}

/** The error that a refused request ends with. `text` is the answer's body; what is no Status, such as a proxy's HTML page, is not quoted. */
export function refusalError(text: string, refusal: Refusal): ApiError {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return statusError(body, refusal);
}

/** An `ApiError` from a metav1.Status, wherever it was found: as an answer, or in an ERROR event of a watch. */
export function statusError(body: unknown, { asked, status, retryAfter }: Refusal): ApiError {
  const { message, reason, details }: Status = typeof body === 'object' && body !== null ? body : {};
  return new ApiError(typeof message === 'string' ? message : `${asked} was answered with ${status}`, {
    status,
    reason: typeof reason === 'string' ? reason : '',
    causes: Array.isArray(details?.causes) ? details.causes.filter((cause): cause is StatusCause => isRecord(cause)) : [],
    retryAfterMs: secondsToMs(retryAfter ?? details?.retryAfterSeconds),
  });
}

/** The status code that a Status carries itself; 500 when it carries none. */
export function statusCode(body: unknown): number {
  const code = typeof body === 'object' && body !== null ? (body as Status).code : undefined;
  return typeof code === 'number' ? code : 500;
}

// Kubernetes sends whole seconds only; the other form of Retry-After, a date, is taken for absent.
function secondsToMs(seconds: unknown): number | undefined {
  const ms = typeof seconds === 'string' || typeof seconds === 'number' ? Number(seconds) * 1_000 : Number.NaN;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
