import type { Socket } from 'node:net';
import { type Clock, untilAborted } from '@gotk/apimachinery';
import { createConnector } from './connect.ts';
import type { HttpProxy, Reach } from './http-access.ts';
import { refuseLocalHost } from './outbound-address.ts';
import type { Destination } from './proxy-tunnel.ts';

export interface DialOptions {
  readonly reach: Reach;
  readonly clock: Clock;
  readonly proxy?: HttpProxy | undefined;
  readonly signal: AbortSignal;
}

/**
 * A TCP connection for what is not HTTP, by the rules of the HTTP client: through the proxy if there is one, within twenty seconds, to no
 * local address. It has an error listener. Rejects with `LocalAddress`, as the socket does, or with the signal's reason.
 */
export async function dial(destination: Destination, { reach, clock, proxy, signal }: DialOptions): Promise<Socket> {
  signal.throwIfAborted();
  if (reach === 'remote') for (const host of [destination.host, proxy?.address.hostname ?? '']) refuseLocalHost(host);
  using connector = createConnector({ access: proxy === undefined ? {} : { proxy }, reach, clock });
  return await untilAborted(connector.open({ protocol: 'tcp:', ...destination }), signal);
}
