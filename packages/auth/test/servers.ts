import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { certificates } from './certificates.ts';

export interface Received {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The name in the client's certificate. */
  readonly certificate: string | undefined;
}

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** Connections that were made. */
  readonly connections: number;
  /** Connections that are open. */
  readonly open: number;
}

export interface ServerOptions {
  /** Serves over TLS, with this certificate. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The host of its URL; 127.0.0.1. */
  readonly host?: string;
}

/** A server of HTTP that answers as the test says, and remembers what it was asked. */
export async function startHttpServer(
  answer: (request: Received, response: ServerResponse) => void,
  options: ServerOptions = {},
): Promise<TestServer> {
  const received: Received[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const socket = request.socket as Partial<TLSSocket>;
      const entry: Received = {
        line: `${request.method} ${request.url}`,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        certificate: commonNameOf(socket),
      };
      received.push(entry);
      answer(entry, response);
    });
  };
  const { tls } = options;
  const server =
    tls === undefined
      ? createServer(listener)
      : createSecureServer({ ...tls, ca: certificates.ca, requestCert: true, rejectUnauthorized: false }, listener);
  server.keepAliveTimeout = 60_000;
  return serve(server, { ...options, received });
}

function commonNameOf(socket: Partial<TLSSocket>): string | undefined {
  const name = socket.getPeerCertificate?.().subject?.CN;
  return typeof name === 'string' ? name : undefined;
}

/** A server of bytes, on TCP or within TLS. */
export function startRawServer(behaviour: (socket: Socket) => void, options: ServerOptions = {}): Promise<TestServer> {
  const each = (socket: Socket) => {
    // What the client does to it is not what is tested.
    socket.on('error', () => undefined);
    behaviour(socket);
  };
  return serve(options.tls === undefined ? createTcpServer(each) : createTlsServer(options.tls, each), { ...options, received: [] });
}

/** Once a request has come: its first bytes. */
export const onRequest = (answer: (socket: Socket) => void) => (socket: Socket) => void socket.once('data', () => answer(socket));

/** Listens on a port of its own, and counts connections. */
export async function serve(
  server: Server,
  { tls, host = '127.0.0.1', received }: ServerOptions & { readonly received: readonly Received[] },
): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    port,
    received,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Waits until it is so, for five seconds at most. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`it never came true: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A port that nobody listens on. */
export async function unusedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
