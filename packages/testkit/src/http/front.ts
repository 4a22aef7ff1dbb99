import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse, request as send } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { issueServingCertificate } from '../certificates/authority.ts';

/** What a client asked of a server, as the front saw it. */
export interface RecordedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

export interface FrontOptions {
  /** Serve https, with a certificate of `ca` for localhost and 127.0.0.1. */
  readonly tls: boolean;
  /** Answers instead of the server behind, if it returns true. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** Stands before a server that speaks plain HTTP on loopback: ends TLS, writes requests down, may answer by itself. */
export interface Front extends AsyncDisposable {
  readonly url: string;
  /** PEM of the authority that signed the certificate; undefined without TLS. */
  readonly ca: string | undefined;
  readonly requests: readonly RecordedRequest[];
  /** Where requests go from now on; before that they are answered 503. */
  backendPort: number | undefined;
}

export async function startFront({ tls, answer }: FrontOptions): Promise<Front> {
  const requests: RecordedRequest[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url: path = '/', headers } = request;
    requests.push({ method, path, authorization: headers.authorization, headers });
    if (answer?.(request, response) === true) return;
    if (front.backendPort === undefined) response.writeHead(503).end();
    else relay(request, response, { port: front.backendPort, scheme: tls ? 'https' : 'http' });
  };
  const certificate = tls ? issueServingCertificate(['localhost', '127.0.0.1']) : undefined;
  const server: Server =
    certificate === undefined ? createServer(handle) : createTlsServer({ cert: certificate.cert, key: certificate.key }, handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const front: Front = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    ca: certificate?.ca,
    requests,
    backendPort: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return front;
}

/** The Host header stays as it came: a registry makes its links of it, and a signature of S3 covers it. */
function relay(
  request: IncomingMessage,
  response: ServerResponse,
  { port, scheme }: { readonly port: number; readonly scheme: string },
): void {
  const { method, url: path, headers } = request;
  // A connection each: reused ones would be cut by the server behind between two requests.
  const onward = send({ host: '127.0.0.1', port, method, path, headers: { ...headers, 'x-forwarded-proto': scheme }, agent: false });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
