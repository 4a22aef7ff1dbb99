import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { issueServingCertificate } from '@gotk/testkit';
import type { Server } from './clients.ts';

/** What a server does with each connection, whatever is sent to it. */
export type Behaviour = (socket: Socket) => void;

const certificate = issueServingCertificate(['127.0.0.1', 'localhost']);

/** A server of bytes, on TCP or within TLS. */
export async function rawServer(
  behaviour: Behaviour,
  { tls = false, protocols = ['http/1.1'] } = {},
): Promise<Server & AsyncDisposable & { readonly connections: number }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const serve = (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    // What the client does to it is not what is tested.
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    behaviour(socket);
  };
  const server = tls
    ? createTlsServer({ cert: certificate.cert, key: certificate.key, ALPNProtocols: [...protocols] }, serve)
    : createTcpServer(serve);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...(tls ? { ca: certificate.ca } : {}),
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Once a request has come: its first bytes. */
export const afterRequest =
  (answer: Behaviour): Behaviour =>
  (socket) =>
    void socket.once('data', () => answer(socket));
/** Sends the text as the whole answer, and goes. */
export const sends = (text: string | Buffer): Behaviour => afterRequest((socket) => void socket.end(text, 'latin1'));
/** Breaks the connection off; within TLS without its farewell. */
export const breaksOff: Behaviour = (socket) => void (socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy());
/** Sends the text and breaks the connection off. */
export const sendsAndResets = (text: string): Behaviour =>
  afterRequest((socket) => void socket.write(text, 'latin1', () => breaksOff(socket)));
