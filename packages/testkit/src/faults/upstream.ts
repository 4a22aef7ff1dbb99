import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { ClusterConnection } from '@gotk/kube';

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

/** The real API server. */
export interface Upstream extends Disposable {
  /** Resolves with the head of the answer; rejects when there is none. */
  send(request: UpstreamRequest): Promise<IncomingMessage>;
}

export function createUpstream(connection: ClusterConnection): Upstream {
  const { ca, clientCertificate, insecureSkipTlsVerify, tlsServerName } = connection;
  const server = new URL(connection.server);
  const prefix = server.pathname.replace(/\/$/, '');
  // Idle connections are left before the API server leaves them (90 s): what breaks here must be the fault alone.
  const agent = new Agent({
    keepAlive: true,
    timeout: 30_000,
    rejectUnauthorized: insecureSkipTlsVerify !== true,
    ...(ca === undefined ? {} : { ca }),
    ...clientCertificate,
    ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
  });
  return {
    send: ({ method, target, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const length = body.length === 0 ? {} : { 'content-length': body.length };
        const request = httpsRequest({
          agent,
          hostname: server.hostname.replace(/^\[|\]$/g, ''),
          port: server.port,
          method,
          path: prefix + target,
          headers: { ...endToEnd(headers), ...length },
          signal,
        });
        request.once('response', (answer) => {
          answer.on('error', () => undefined);
          resolve(answer);
        });
        request.on('error', reject);
        request.end(body);
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/**
 * Of one connection and not of the message (RFC 9110, 7.6.1), or about a body that is framed anew. Compression would hide the lines of a
 * watch.
 */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'host',
  'content-length',
  'accept-encoding',
];

export function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
