import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Clock } from '@gotk/apimachinery';
import { bodyOf, watchOver } from './answer-body.ts';
import { codeOf, failureOf, HttpFailure } from './http-failure.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';
import type { HttpSockets } from './http-sockets.ts';
import type { Slots } from './slots.ts';

const MAX_HEADER_BYTES = 64 * 1024;

interface Means {
  readonly sockets: HttpSockets;
  readonly slots: Slots;
  readonly clock: Clock;
}

/** One request, one answer. */
export async function exchange(target: URL, request: HttpRequest, means: Means): Promise<HttpAnswer> {
  const { signal, maxBytes, method = 'GET', compressed = false } = request;
  if (!/^https?:$/.test(target.protocol)) throw new HttpFailure('refused', `${target.protocol}// is neither http nor https`);
  const free = await means.slots.take(target.origin, signal);
  let incoming: IncomingMessage | undefined;
  try {
    incoming = await sendOrRepeat(target, request, means);
    incoming.once('close', free);
    watchOver(incoming, { signal, clock: means.clock });
    // What has no body is over, also for those who do not ask for it.
    if (method === 'HEAD' || incoming.statusCode === 204 || incoming.statusCode === 304) incoming.resume();
    return answerOf(target, incoming, bodyOf(incoming, { target, method, signal, maxBytes, compressed }));
  } catch (error) {
    incoming?.destroy();
    free();
    signal.throwIfAborted();
    throw failureOf(target, error);
  }
}

const answerOf = (url: URL, incoming: IncomingMessage, body: AsyncIterable<Buffer>): HttpAnswer => ({
  url,
  status: incoming.statusCode ?? 0,
  headers: incoming.headers,
  body,
  async bytes() {
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks);
  },
  // The connection can be used again if nothing more will come over it.
  discard: () => void (incoming.complete ? incoming.resume() : incoming.destroy()),
});

/** A server may close a kept connection at the moment that it is used again, which says nothing about the request. */
async function sendOrRepeat(target: URL, request: HttpRequest, means: Means): Promise<IncomingMessage> {
  for (;;) {
    const { sent, answer } = send(target, request, means);
    try {
      return await answer;
    } catch (error) {
      const harmless = request.method === undefined || request.method === 'GET' || request.method === 'HEAD';
      if (!(harmless && sent.reusedSocket && CLOSED.has(codeOf(error) ?? '')) || request.signal.aborted) throw error;
    }
  }
}

const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

function send(
  target: URL,
  { method = 'GET', headers, body, signal }: HttpRequest,
  { sockets }: Means,
): { readonly sent: ClientRequest; readonly answer: Promise<IncomingMessage> } {
  const start = target.protocol === 'https:' ? secureRequest : plainRequest;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const { agent, path, headers: more } = sockets.passageTo(target);
  const sent = start(target, {
    agent,
    method,
    headers: { ...headers, ...length, ...more },
    maxHeaderSize: MAX_HEADER_BYTES,
    insecureHTTPParser: false,
    ...(path === undefined ? {} : { path }),
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    // Node says that a request was given up only once it has a connection, which may be never.
    const abort = () => {
      reject(signal.reason);
      sent.destroy();
    };
    signal.addEventListener('abort', abort, { once: true });
    const settle = () => signal.removeEventListener('abort', abort);
    sent.once('response', (incoming) => {
      settle();
      resolve(incoming);
    });
    sent.once('upgrade', (_, socket) => {
      settle();
      socket.destroy();
      reject(new Error('the server wants to speak something else than HTTP'));
    });
    // It stays when the answer is there: an error that nobody listens to would end the process.
    sent.on('error', (error) => {
      settle();
      reject(error);
    });
  });
  sent.end(body);
  return { sent, answer };
}
