import { once } from 'node:events';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ProxyOptions {
  /** Who may use it. Default: anybody. */
  readonly login?: { readonly username: string; readonly password: string };
  /** Addresses of names that only the proxy knows: `{ 'git.example': '127.0.0.1' }` shows that the client left the look-up to it. */
  readonly hosts?: Readonly<Record<string, string>>;
}

export interface ProxyRequest {
  /** `CONNECT`, or the method of a request with an absolute URI. */
  readonly method: string;
  /** `host:port` of a tunnel; else the absolute URI. */
  readonly target: string;
  /** Who the client said it was. */
  readonly user: string | undefined;
  /** False when it was turned away for want of the login. */
  readonly admitted: boolean;
}

export interface TestProxy extends AsyncDisposable {
  /** Without the login: `http://127.0.0.1:port`, `socks5://127.0.0.1:port`. */
  readonly url: string;
  readonly requests: readonly ProxyRequest[];
}

/** Resolves with the port. */
export async function listenOnLoopback(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return address.port;
}

/** Each gets what the other says; when one is gone, so is the other. */
export function pairSockets(one: Duplex, other: Duplex): void {
  for (const [from, to] of [[one, other] as const, [other, one] as const])
    from
      .on('error', () => to.destroy())
      .on('close', () => to.destroy())
      .pipe(to);
}
