import { type Clock, deadlineSignal, parseJson, untilAborted } from '@gotk/apimachinery';
import type { ClusterConnection } from '../connection.ts';
import { ApiError, ProtocolError } from '../errors.ts';
import { exchange, type HttpAnswer, NotSent, readText, StaleConnection } from './exchange.ts';
import { failureOf } from './failure.ts';
import type { RateCeiling } from './rate-ceiling.ts';
import type { ApiRequest } from './requests.ts';
import { afterRefusal } from './retry.ts';
import { createSockets } from './sockets.ts';
import { refusalError } from './status.ts';
import { parseWarnings } from './warnings.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly warnings: readonly string[];
}

export interface Transport {
  /** One request, one JSON answer. Throws `ApiError` for a refusal, `ConnectionError` without an answer, the signal's reason on abort. */
  call(request: ApiRequest): Promise<ApiAnswer>;
  /** A body that is read as it arrives. Throws as `call` does; ends when the server ends it. */
  stream(request: ApiRequest): AsyncIterable<Uint8Array>;
  /** Resolves when the server next answers anything, a refusal included, and when the signal aborts. */
  untilAnswered(signal: AbortSignal): Promise<void>;
  /** Cuts every connection; requests that run, and later ones, end with a `ConnectionError`. */
  close(): void;
}

/** A request that was answered, or failed (`code` 0). */
export interface RequestSeen extends Pick<ApiRequest, 'verb' | 'method' | 'resource'> {
  readonly code: number;
  /** Until the answer was read; for a watch, until it was opened. */
  readonly durationMs: number;
}

export interface TransportOptions {
  readonly connection: ClusterConnection;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly ceiling: RateCeiling;
  /** How long the server has for its answer; for a watch, for opening it. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly onRequest: (seen: RequestSeen) => void;
}

/** A server with API Priority and Fairness says of each answer under which rule it was given (KEP-1040). client-go, and so Flux, drops its own ceiling then. */
const FLOW_SCHEMA = 'x-kubernetes-pf-flowschema-uid';
/** A Status takes a few kilobytes. */
const MAX_REFUSAL_BYTES = 1024 * 1024;

/** Sends requests under the ceiling, as the connection's user, each with a deadline, and repeats what `afterRefusal` says may be repeated. */
export function createTransport(options: TransportOptions): Transport {
  const { connection, clock, ceiling, timeoutMs, onRequest } = options;
  const server = new URL(connection.server);
  const prefix = server.pathname.replace(/\/$/, '');
  const sockets = createSockets(connection);
  const closed = new AbortController();
  const waiting = new Set<() => void>();

  const send = async (
    request: ApiRequest,
    { fresh, signal }: { readonly fresh: boolean; readonly signal: AbortSignal },
  ): Promise<HttpAnswer> => {
    const token = connection.token === undefined ? undefined : await untilAborted(connection.token({ fresh }), signal);
    const { method, path, accept, contentType, body, identity } = request;
    const headers = {
      accept,
      'user-agent': options.userAgent,
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...identity,
    };
    const agent = request.lane === 'call' ? sockets.calls() : sockets.reserved();
    const beforeSend = () => {
      request.signal.throwIfAborted();
      request.beforeSend?.();
    };
    const http = { server, agent, method, path: prefix + path, headers, body, signal, beforeSend };
    try {
      return await exchange(http);
    } catch (error) {
      // The server closed a kept connection at the very moment we took it up again: for a read that is nobody's failure.
      if (!(error instanceof StaleConnection) || method !== 'GET') throw error;
      return await exchange(http);
    }
  };

  const attempt = async <T>(request: ApiRequest, fresh: boolean, read: (answer: HttpAnswer) => Promise<T>): Promise<T> => {
    const reason = () => new Error(`no answer within ${timeoutMs} ms`);
    // Leases are an exception: whoever renews one has less time than the server, and looks at it again.
    const parents = request.writes && request.lane !== 'lease' ? [closed.signal] : [request.signal, closed.signal];
    request.signal.throwIfAborted();
    using deadline = deadlineSignal({ parents, timeoutMs, clock, reason });
    const began = clock.monotonic();
    let code = 0;
    try {
      const answer = await send(request, { fresh, signal: deadline.signal });
      for (const answered of waiting) answered();
      ceiling.serverShares(answer.headers[FLOW_SCHEMA] !== undefined);
      if (answer.status >= 300) {
        code = answer.status;
        const text = await readText(answer, MAX_REFUSAL_BYTES);
        throw refusalError(text, { asked: `${request.method} ${request.path}`, status: code, retryAfter: answer.headers['retry-after'] });
      }
      const value = await read(answer);
      code = answer.status;
      return value;
    } catch (error) {
      request.signal.throwIfAborted();
      if (error instanceof NotSent) throw error.cause;
      throw error instanceof ApiError ? error : failureOf(request, server, deadline.signal.aborted ? deadline.signal.reason : error);
    } finally {
      const { verb, method, resource } = request;
      onRequest({ verb, method, resource, code, durationMs: clock.monotonic() - began });
    }
  };

  const persist = async <T>(request: ApiRequest, read: (answer: HttpAnswer) => Promise<T>): Promise<T> => {
    let fresh = false;
    for (let waits = 0; ; ) {
      if (request.lane !== 'lease') await ceiling.pass(request.signal);
      try {
        return await attempt(request, fresh, read);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const renewable = connection.token !== undefined && !fresh;
        const verdict = afterRefusal(error, { repeatable: request.repeatable, waits, renewable });
        fresh = verdict.kind === 'renew-token';
        if (verdict.kind === 'give-up') throw error;
        if (verdict.kind === 'renew-token') continue;
        waits += 1;
        await clock.sleep(verdict.ms, request.signal);
        request.signal.throwIfAborted();
      }
    }
  };
  return {
    call: (request) =>
      persist(request, async (answer) => ({
        body: parse(await readText(answer, options.maxAnswerBytes)),
        status: answer.status,
        warnings: parseWarnings(answer.headers.warning),
      })),

    async *stream(request) {
      const { body } = await persist(request, (answer) => Promise.resolve(answer));
      const cut = () => body.destroy();
      const signals = [request.signal, closed.signal];
      for (const signal of signals) signal.addEventListener('abort', cut);
      try {
        if (signals.some(({ aborted }) => aborted)) cut();
        yield* body as AsyncIterable<Buffer>;
      } catch (error) {
        request.signal.throwIfAborted();
        throw failureOf(request, server, closed.signal.aborted ? closed.signal.reason : error);
      } finally {
        for (const signal of signals) signal.removeEventListener('abort', cut);
        cut();
      }
    },

    untilAnswered: (signal) =>
      new Promise((resolve) => {
        const settle = () => {
          waiting.delete(settle);
          signal.removeEventListener('abort', settle);
          resolve();
        };
        waiting.add(settle);
        if (signal.aborted) settle();
        else signal.addEventListener('abort', settle);
      }),

    close() {
      closed.abort(new Error('the client was closed'));
      sockets.close();
    },
  };
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new ProtocolError('the answer is not JSON', { cause: error });
  }
}
