import { type Agent, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { AnswerTooLarge } from '../errors.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  readonly server: URL;
  readonly agent: Agent;
  readonly method: Method;
  /** Path and query. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string | undefined;
  /** Cuts the connection, also while the answer's body is being read. */
  readonly signal: AbortSignal;
  /** Called when there is a connection and nothing is left to wait for: what it throws keeps the request from being sent. */
  readonly beforeSend: () => void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read to its end or destroyed: until then it keeps its connection. */
  readonly body: IncomingMessage;
}

/** The connection had been kept from an earlier request and was gone when this one was sent: nothing shows that the server saw it. */
export class StaleConnection extends Error {
  override readonly name = 'StaleConnection';
}

/** `beforeSend` would not have it: the cause is what it threw. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

/** One HTTP exchange, up to the head of the answer. Redirects are not followed: an API server sends none, and credentials stay where they belong. */
export function exchange({ server, agent, method, path, headers, body, signal, beforeSend }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const send = server.protocol === 'https:' ? tlsRequest : plainRequest;
    const hostname = server.hostname.replace(/^\[|\]$/g, '');
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = send({ hostname, port: server.port, agent, method, path, headers: { ...headers, ...length }, signal });
    request.once('response', (answer) => {
      // Whoever reads the body sees its errors; one that is left unread must not end the process when its connection breaks.
      answer.on('error', () => undefined);
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && !signal.aborted && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(stale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    // Of an answer that switches protocols Node tells nobody: without this the request would never end.
    request.once('close', () => reject(new Error('the connection was closed without an answer')));
    const go = () => {
      try {
        beforeSend();
      } catch (error) {
        return void request.destroy(new NotSent('the request was called off', { cause: error }));
      }
      request.end(body);
    };
    // Not before there is a connection: what is written earlier waits for one, and is sent whatever has become of whoever wanted it.
    request.once('socket', (socket) => {
      if (socket.connecting) socket.once(server.protocol === 'https:' ? 'secureConnect' : 'connect', go);
      else go();
    });
  });
}

/** The whole body as text. Throws `AnswerTooLarge`, and then reads no further. */
export async function readText({ body }: HttpAnswer, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new AnswerTooLarge(`answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
