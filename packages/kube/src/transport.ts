import { type Clock, parseJson } from '@gotk/apimachinery';
import { type Dispatcher, Pool } from 'undici';
import type { ClusterConnection } from './connection.ts';
import { ApiError, ConnectionError, type StatusCause } from './errors.ts';
import type { RateCeiling } from './rate-ceiling.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface ApiRequest {
  readonly method: Method;
  /** Path and query. */
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface Transport {
  /** One request, one JSON answer. Throws `ApiError` for a status of 400 and above, `ConnectionError` without an answer. */
  call(request: ApiRequest): Promise<ApiAnswer>;
  /** Opens a watch: the body as it arrives. */
  stream(request: ApiRequest): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly connection: ClusterConnection;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly ceiling: RateCeiling;
  readonly onRequest: (seen: { readonly method: Method; readonly code: number; readonly durationMs: number }) => void;
}

/** A call that the server has not answered by then never will. */
const CALL_DEADLINE_MS = 30_000;
/** The server's own limit on an object is 1.5 MiB; a page of 500 large ones still fits. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
const MAX_RETRIES = 5;
const UNARY_CONNECTIONS = 8;

/**
 * HTTP/1.1 keep-alive with a pool for calls and another for watches, so that watches never starve calls.
 *
 * Retries only what the server itself asked to be retried (429 and 503 with `Retry-After`, which it sends before doing anything), five times at the most,
 * and once after 401, with a fresh token.
 */
export function createTransport({ connection, clock, userAgent, ceiling, onRequest }: TransportOptions): Transport {
  const origin = new URL(connection.server);
  const prefix = origin.pathname.replace(/\/$/, '');
  const connect = {
    ...(connection.ca === undefined ? {} : { ca: connection.ca }),
    ...(connection.clientCertificate === undefined ? {} : connection.clientCertificate),
    ...(connection.tlsServerName === undefined ? {} : { servername: connection.tlsServerName }),
    rejectUnauthorized: connection.insecureSkipTlsVerify !== true,
    timeout: 10_000,
  };
  const calls = new Pool(origin.origin, {
    connections: UNARY_CONNECTIONS,
    pipelining: 1,
    connect,
    keepAliveTimeout: 60_000,
    headersTimeout: CALL_DEADLINE_MS,
    bodyTimeout: CALL_DEADLINE_MS,
  });
  // A quiet watch hears a bookmark about once a minute; the informer decides when silence is too long.
  const watches = new Pool(origin.origin, { connections: null, pipelining: 1, connect, bodyTimeout: 0, headersTimeout: CALL_DEADLINE_MS });

  const send = async (pool: Pool, request: ApiRequest, fresh: boolean): Promise<Dispatcher.ResponseData> => {
    const headers: Record<string, string> = { accept: request.accept ?? 'application/json', 'user-agent': userAgent };
    if (request.body !== undefined) headers['content-type'] = request.contentType ?? 'application/json';
    const token = await connection.token?.({ fresh });
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    const started = clock.monotonic();
    try {
      const answer = await pool.request({
        method: request.method,
        path: prefix + request.path,
        headers,
        signal: request.signal,
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      onRequest({ method: request.method, code: answer.statusCode, durationMs: clock.monotonic() - started });
      return answer;
    } catch (error) {
      request.signal.throwIfAborted();
      onRequest({ method: request.method, code: 0, durationMs: clock.monotonic() - started });
      throw connectionError(request, error);
    }
  };

  const attempt = async (pool: Pool, request: ApiRequest): Promise<Dispatcher.ResponseData> => {
    for (let retries = 0, renewed = false; ; retries++) {
      await ceiling.pass(request.signal);
      const answer = await send(pool, request, renewed);
      if (answer.statusCode < 400) return answer;
      const error = await apiError(request, answer);
      const unauthorized = error.status === 401 && connection.token !== undefined && !renewed;
      if (unauthorized) {
        renewed = true;
        continue;
      }
      const later = (error.status === 429 || error.status === 503) && error.retryAfterMs !== undefined;
      if (!later || retries >= MAX_RETRIES) throw error;
      await clock.sleep(error.retryAfterMs ?? 0, request.signal);
      request.signal.throwIfAborted();
    }
  };

  return {
    async call(request) {
      const answer = await attempt(calls, request);
      try {
        return { status: answer.statusCode, body: parseJson((await readAll(answer.body, MAX_ANSWER_BYTES)).toString('utf8')) };
      } catch (error) {
        request.signal.throwIfAborted();
        throw connectionError(request, error);
      }
    },
    async stream(request) {
      const answer = await attempt(watches, request);
      return guarded(answer.body, request);
    },
    async close() {
      await Promise.all([calls.destroy(), watches.destroy()]);
    },
  };
}

async function* guarded(body: AsyncIterable<Uint8Array>, request: ApiRequest): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    request.signal.throwIfAborted();
    throw connectionError(request, error);
  }
}

async function readAll(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? Buffer.from(chunks[0]) : Buffer.concat(chunks);
}

function connectionError({ method, path }: ApiRequest, cause: unknown): ConnectionError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ConnectionError(`failed to ${method} ${path.split('?')[0]}: ${detail}`, { cause });
}

interface StatusBody {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly StatusCause[]; readonly retryAfterSeconds?: number };
}

async function apiError({ method, path }: ApiRequest, answer: Dispatcher.ResponseData): Promise<ApiError> {
  const text = (await readAll(answer.body, MAX_ANSWER_BYTES).catch(() => Buffer.alloc(0))).toString('utf8');
  return errorFromStatus(statusBody(text) ?? { message: `${method} ${path.split('?')[0]} was answered with ${answer.statusCode}` }, {
    status: answer.statusCode,
    retryAfter: answer.headers['retry-after'],
  });
}

/** An `ApiError` from a metav1.Status, wherever it was found: in an answer, or as an ERROR event of a watch. */
export function errorFromStatus(
  body: StatusBody,
  { status, retryAfter }: { readonly status: number; readonly retryAfter?: string | string[] | undefined },
): ApiError {
  const seconds = Number(retryAfter ?? body.details?.retryAfterSeconds ?? Number.NaN);
  return new ApiError(body.message ?? `the server answered ${status}`, {
    status,
    reason: body.reason ?? '',
    causes: body.details?.causes ?? [],
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined,
  });
}

function statusBody(text: string): StatusBody | undefined {
  try {
    const parsed = JSON.parse(text) as unknown;
    return typeof parsed === 'object' && parsed !== null ? (parsed as StatusBody) : undefined;
  } catch {
    return undefined;
  }
}
