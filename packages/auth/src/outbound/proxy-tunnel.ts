import { isIP, isIPv4, type Socket } from 'node:net';
import { basicAuthorization } from '../http-login.ts';
import { readerOf } from './bytes-reader.ts';
import type { HttpProxy } from './http-access.ts';

/** Where a tunnel shall lead. */
export interface Destination {
  /** A name, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

const MAX_ANSWER_BYTES = 16 * 1024;

/** The value of Proxy-Authorization. */
export const proxyAuthorization = ({ login }: HttpProxy): string | undefined =>
  login === undefined ? undefined : basicAuthorization(login);

/** Asks an HTTP proxy for a connection to the destination (RFC 9110, 9.3.6). Afterwards the socket is that connection. */
export async function tunnelByConnect(socket: Socket, { host, port }: Destination, proxy: HttpProxy): Promise<void> {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const authorization = proxyAuthorization(proxy);
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    ...(authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`]),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const head = (await readerOf(socket).until('\r\n\r\n', MAX_ANSWER_BYTES)).toString('latin1');
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
  if (status === undefined) throw new Error('the proxy does not speak HTTP');
  if (status === '407') throw new Error('the proxy wants another login (407)');
  if (!status.startsWith('2')) throw new Error(`the proxy refuses to connect (${status})`);
}

/** What a SOCKS server's refusals mean (RFC 1928, 6). */
const REFUSALS = [
  '',
  'general failure',
  'not allowed',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'time to live expired',
  'command not supported',
  'address type not supported',
] as const;

/** Asks a SOCKS 5 proxy for a connection to the destination (RFC 1928, 1929); names are resolved by the proxy, as Go has it. */
export async function tunnelBySocks(socket: Socket, { host, port }: Destination, { login }: HttpProxy): Promise<void> {
  const reader = readerOf(socket);
  // No login, or a user name and a password.
  socket.write(Buffer.from(login === undefined ? [5, 1, 0] : [5, 2, 0, 2]));
  const [version, method] = await reader.exactly(2);
  if (version !== 5) throw new Error('the proxy does not speak SOCKS 5');
  if (method === 2 && login !== undefined) {
    socket.write(Buffer.concat([Buffer.from([1]), counted(login.username), counted(login.password)]));
    const [, refusal] = await reader.exactly(2);
    if (refusal !== 0) throw new Error('the proxy wants another login');
  } else if (method !== 0) throw new Error(login === undefined ? 'the proxy wants a login' : 'the proxy accepts no user name and password');

  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), addressOf(host), Buffer.from([port >> 8, port & 0xff])]));
  const [, reply = 1, , kind] = await reader.exactly(4);
  if (reply !== 0) throw new Error(`the proxy refuses to connect (${REFUSALS[reply] ?? `reply ${reply}`})`);
  await reader.exactly((await boundAddressLength(kind, reader)) + 2);
}

async function boundAddressLength(kind: number | undefined, reader: ReturnType<typeof readerOf>): Promise<number> {
  switch (kind) {
    case 1:
      return 4;
    case 4:
      return 16;
    case 3: {
      const [length = 0] = await reader.exactly(1);
      return length;
    }
    default:
      throw new Error('the proxy does not speak SOCKS 5');
  }
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > 255) throw new Error('a login or name for a SOCKS 5 proxy has at most 255 bytes');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function addressOf(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)]);
  if (isIP(host) === 6) return Buffer.concat([Buffer.from([4]), ipv6Bytes(host)]);
  return Buffer.concat([Buffer.from([3]), counted(host)]);
}

/** An address as `URL` writes it: compressed, in hexadecimal throughout. */
function ipv6Bytes(host: string): Buffer {
  const [head = '', tail] = host.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
