import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { certificates } from './certificates.ts';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The name in the client's certificate. */
  readonly client: string | undefined;
  /** Which connection it came over, counted from 1. */
  readonly connection: number;
}

export interface HttpsServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** Connections that were made. */
  readonly connections: number;
  /** Those that are open. */
  readonly open: number;
}

/** A server over TLS that answers as the test says. */
export async function httpsServer(answer: (request: Received, response: ServerResponse) => void | Promise<void>): Promise<HttpsServer> {
  const { server: serving, ca } = certificates;
  const received: Received[] = [];
  const numbers = new Map<Duplex, number>();
  let connections = 0;
  const server = createServer({ ...serving, ca, requestCert: true, rejectUnauthorized: false }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers, socket } = request;
    const { subject } = (socket as TLSSocket).getPeerCertificate();
    const seen: Received = {
      method,
      url,
      headers,
      body: Buffer.concat(chunks).toString(),
      client: subject?.CN as string | undefined,
      connection: numbers.get(socket) ?? 0,
    };
    received.push(seen);
    await answer(seen, response);
  });
  server.on('secureConnection', (socket: Duplex) => {
    connections += 1;
    numbers.set(socket, connections);
    socket.on('close', () => numbers.delete(socket));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    received,
    get connections() {
      return connections;
    },
    get open() {
      return numbers.size;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
