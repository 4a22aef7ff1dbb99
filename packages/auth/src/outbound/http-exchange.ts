import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Clock } from '@gotk/apimachinery';
import { redact } from '../redact.ts';
import type { HttpAnswer, HttpRequest } from './http-client.ts';
import { HttpFailure } from './http-failure.ts';
import type { HttpSockets } from './http-sockets.ts';
import { LocalAddress } from './outbound-address.ts';
import { withoutSecrets } from './shown-url.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 64 * 1024;

interface Means {
  readonly sockets: HttpSockets;
  readonly clock: Clock;
}

/** One request, one answer. */
export async function exchange(target: URL, request: HttpRequest, means: Means): Promise<HttpAnswer> {
  const { signal, maxBytes } = request;
  signal.throwIfAborted();
  if (!/^https?:$/.test(target.protocol)) throw new HttpFailure('refused', `${target.protocol}// is neither http nor https`);
  try {
    const incoming = await send(target, request, means);
    const stream = decoded(incoming, target);
    const body = capped(stream, { signal, maxBytes, target });
    return {
      url: target,
      status: incoming.statusCode ?? 0,
      headers: incoming.headers,
      body,
      async bytes() {
        const chunks: Buffer[] = [];
        for await (const chunk of body) chunks.push(chunk);
        return Buffer.concat(chunks);
      },
      discard() {
        stream.on('error', () => undefined);
        incoming.on('error', () => undefined);
        incoming.destroy();
      },
    };
  } catch (error) {
    signal.throwIfAborted();
    throw failureOf(target, error);
  }
}

function send(target: URL, { method = 'GET', headers, body, signal }: HttpRequest, { sockets, clock }: Means): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const start = target.protocol === 'https:' ? secureRequest : plainRequest;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = start(target, {
      agent: sockets.agentFor(target),
      method,
      headers: { ...headers, ...length },
      signal,
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
    });
    sent.once('response', resolve);
    sent.on('error', reject);
    giveUpConnecting(sent, clock);
    sent.end(body);
  });
}

/** The system gives up after two minutes, which is longer than anybody wants to wait for nothing. */
function giveUpConnecting(sent: ClientRequest, clock: Clock): void {
  const timer = clock.after(CONNECT_TIMEOUT_MS, () => sent.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`)));
  const stop = () => timer[Symbol.dispose]();
  sent.once('socket', (socket) => {
    if (!socket.connecting) stop();
    else socket.once('connect', stop);
  });
  sent.once('close', stop);
}

/** A server that compresses unasked, or more than once, is up to something. */
function decoded(incoming: IncomingMessage, target: URL): Readable {
  const encoding = incoming.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return incoming;
  if (encoding !== 'gzip') {
    incoming.destroy();
    throw new HttpFailure(
      'unreachable',
      `${withoutSecrets(target)} answered in the encoding '${encoding.slice(0, 40)}', which was not asked for`,
    );
  }
  const gunzip = createGunzip();
  incoming.on('error', (error) => gunzip.destroy(error));
  return incoming.pipe(gunzip);
}

async function* capped(
  stream: Readable,
  { signal, maxBytes, target }: { readonly signal: AbortSignal; readonly maxBytes: number; readonly target: URL },
): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxBytes) throw new HttpFailure('too-large', `${withoutSecrets(target)} sent more than ${maxBytes} bytes`);
      yield chunk as Buffer;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw failureOf(target, error);
  }
}

function failureOf(target: URL, error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const text = redact(cause instanceof Error ? cause.message : String(cause));
  const kind = cause instanceof LocalAddress ? 'refused' : 'unreachable';
  return new HttpFailure(kind, `failed to reach ${withoutSecrets(target)}: ${text}`, { cause: error });
}
