import { type ClientRequest, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { HttpProxy } from '@gotk/auth';
import type { Endpoint } from './known-hosts.ts';

/** Asks an HTTP proxy for a connection (RFC 9110, 9.3.6). The request is not sent before it is ended. */
export function connectRequest({ address, login }: HttpProxy, { host, port }: Endpoint, lookup: object): ClientRequest {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const authorization = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  return (address.protocol === 'https:' ? secureRequest : plainRequest)(address, {
    ...lookup,
    agent: false,
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) },
  });
}

/** The connection that the proxy makes. Rejects when it makes none. */
export function connectionOf(request: ClientRequest): Promise<Socket> {
  return new Promise((resolve, reject) => {
    request
      .once('connect', ({ statusCode = 0 }, socket: Socket, head) => {
        if (statusCode >= 300) return reject(new Error(`the proxy refuses to connect: it answered ${statusCode}`));
        if (head.length > 0) socket.unshift(head);
        return resolve(socket);
      })
      .once('response', ({ statusCode }) => reject(new Error(`the proxy refuses to connect: it answered ${statusCode}`)))
      .on('error', reject)
      .end();
  });
}

/** Has a SOCKS 5 proxy make a connection out of one to itself (RFC 1928, 1929). The proxy resolves names, as Go has it. */
export async function tunnelBySocks(socket: Socket, { host, port }: Endpoint, { login }: HttpProxy): Promise<void> {
  const [NONE, PASSWORD] = [0, 2];
  socket.write(Buffer.from(login === undefined ? [5, 1, NONE] : [5, 2, NONE, PASSWORD]));
  const [version, method] = await take(socket, 2);
  if (version !== 5) throw new Error('the proxy does not speak SOCKS 5');
  if (method === PASSWORD && login !== undefined) {
    socket.write(Buffer.concat([Buffer.from([1]), counted(login.username), counted(login.password)]));
    const [, refused] = await take(socket, 2);
    if (refused !== 0) throw new Error('the proxy does not accept the login');
  } else if (method !== NONE) throw new Error('the proxy wants another login');
  // As a name also when it is an address: proxies take both, and one form is enough.
  socket.write(Buffer.concat([Buffer.from([5, 1, 0, 3]), counted(host), Buffer.from([port >> 8, port & 0xff])]));
  const [, reply, , kind] = await take(socket, 4);
  if (reply !== 0) throw new Error(`the proxy refuses to connect: it answered ${reply}`);
  const length = kind === 1 ? 4 : kind === 4 ? 16 : (await take(socket, 1))[0];
  await take(socket, (length ?? 0) + 2);
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw new Error('a name or login is too long for a SOCKS 5 proxy');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** So many bytes, and none more: what follows is for whoever gets the connection. */
async function take(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(count) as Buffer | null;
    if (bytes !== null && bytes.length === count) return bytes;
    if (bytes !== null || socket.readableEnded || socket.destroyed) throw new Error('the proxy hung up');
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: Error) => {
        socket.off('readable', ready).off('end', ready).off('error', settle).off('close', closed);
        if (error === undefined) resolve();
        else reject(error);
      };
      const ready = () => settle();
      const closed = () => settle(new Error('the proxy hung up'));
      socket.once('readable', ready).once('end', ready).once('error', settle).once('close', closed);
    });
  }
}
