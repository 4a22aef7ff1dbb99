import type { ClientRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Clock } from '@gotk/apimachinery';
import { type HttpProxy, type Reach, refuseLocalHost, remoteLookup } from '@gotk/auth';
import type { Endpoint } from './known-hosts.ts';
import { connectionOf, connectRequest, tunnelBySocks } from './tunnel.ts';

export interface DialOptions {
  readonly reach: Reach;
  readonly clock: Clock;
  /** SOCKS 5, as upstream has it for SSH, or HTTP. */
  readonly proxy?: HttpProxy;
  readonly signal: AbortSignal;
}

/** The system gives up after two minutes: longer than anybody wants to wait for nothing. */
const CONNECT_TIMEOUT_MS = 10_000;
const SOCKS_PORT = 1080;

/** A TCP connection, through the proxy if there is one. Rejects as the socket does, or with what the signal was aborted with. */
export async function dial(endpoint: Endpoint, { reach, clock, proxy, signal }: DialOptions): Promise<Socket> {
  signal.throwIfAborted();
  const proxyHost = proxy?.address.hostname.replace(/^\[|\]$/g, '');
  if (reach === 'remote') for (const host of [endpoint.host, proxyHost ?? '']) refuseLocalHost(host);
  const lookup = reach === 'remote' ? { lookup: remoteLookup() } : {};

  const making: (Socket | ClientRequest)[] = [];
  const giveUp = (reason: unknown) => {
    for (const one of making) one.destroy(reason instanceof Error ? reason : new Error('aborted'));
  };
  const abort = () => giveUp(signal.reason);
  signal.addEventListener('abort', abort);
  using _ = clock.after(CONNECT_TIMEOUT_MS, () => giveUp(new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`)));
  const direct = async ({ host, port }: Endpoint): Promise<Socket> => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, ...lookup });
    making.push(socket);
    await new Promise<void>((resolve, reject) => {
      // The listener stays: an error that nobody listens for ends the process.
      socket.once('connect', resolve).on('error', reject);
    });
    return socket;
  };

  try {
    if (proxy === undefined || proxyHost === undefined) return await direct(endpoint);
    if (proxy.address.protocol === 'socks5:') {
      const { port } = proxy.address;
      const socket = await direct({ host: proxyHost, port: port === '' ? SOCKS_PORT : Number(port) });
      await tunnelBySocks(socket, endpoint, proxy);
      return socket;
    }
    const request = connectRequest(proxy, endpoint, lookup);
    making.push(request);
    const socket = await connectionOf(request);
    socket.on('error', () => undefined).setNoDelay(true);
    return socket;
  } catch (error) {
    giveUp(error);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
