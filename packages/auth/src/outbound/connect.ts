import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as secure } from 'node:tls';
import type { Clock } from '@gotk/apimachinery';
import type { ClientCertificate, HttpAccess, HttpProxy, Reach } from './http-access.ts';
import { codeOf } from './http-failure.ts';
import { remoteLookup } from './outbound-address.ts';
import { type Destination, tunnelByConnect, tunnelBySocks } from './proxy-tunnel.ts';
import { createTrust, isUntrusted } from './trust.ts';

/** The system gives up after two minutes, and never on a handshake: longer than anybody wants to wait for nothing. */
const CONNECT_TIMEOUT_MS = 20_000;

export interface ConnectorOptions {
  readonly access: Pick<HttpAccess, 'ca' | 'proxy'>;
  readonly reach: Reach;
  readonly clock: Clock;
}

/** How to connect for one kind of request. */
export interface Route extends Destination {
  /** `tcp:` is what no proxy knows anything about. */
  readonly protocol: 'http:' | 'https:' | 'tcp:';
  readonly certificate?: ClientCertificate;
}

export interface Connector extends Disposable {
  /** A connection that is ready for use: through the proxy, after the handshake. */
  open(route: Route): Promise<Socket>;
}

/**
 * Connects to servers. Every connection has an error listener from its first moment: one that fails while nobody uses it harms nobody.
 * Disposing of it cuts those in the making.
 */
export function createConnector({ access: { ca, proxy }, reach, clock }: ConnectorOptions): Connector {
  const making = new Set<Socket>();
  const trust = createTrust(ca);
  const lookup = reach === 'remote' ? { lookup: remoteLookup() } : {};

  const plain = async ({ host, port }: Destination, keep: (socket: Socket) => void): Promise<Socket> => {
    const socket = connectPlain({ host, port, ...lookup, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
    keep(socket);
    await once(socket, 'connect');
    return socket;
  };
  const encrypted = async (socket: Socket, { host, certificate }: Pick<Route, 'host' | 'certificate'>, keep: (socket: Socket) => void) => {
    const { secureContext, mayTurn } = trust.contextFor(host, certificate);
    const wrapped = secure({
      socket,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      secureContext,
      ALPNProtocols: ['http/1.1'],
    });
    keep(wrapped);
    await once(wrapped, 'secureConnect').catch((error: unknown) => {
      if (!(mayTurn && isUntrusted(codeOf(error)))) throw error;
      trust.turnToSystem(host);
      throw new TryAgain();
    });
    return wrapped;
  };
  const throughProxy = async (route: Route, via: HttpProxy, keep: (socket: Socket) => void): Promise<Socket> => {
    const { protocol } = via.address;
    const place = destinationOf(via.address);
    const bare = await plain(place, keep);
    const socket = protocol === 'https:' ? await encrypted(bare, place, keep) : bare;
    if (protocol === 'socks5:') await tunnelBySocks(socket, route, via);
    // A proxy gets plain requests whole, and sees to them itself.
    else if (route.protocol !== 'http:') await tunnelByConnect(socket, route, via);
    return socket;
  };

  const attempt = async (route: Route, keep: (socket: Socket) => void): Promise<Socket> => {
    for (;;) {
      try {
        const socket = proxy === undefined ? await plain(route, keep) : await throughProxy(route, proxy, keep);
        return route.protocol === 'https:' ? await encrypted(socket, route, keep) : socket;
      } catch (error) {
        if (!(error instanceof TryAgain)) throw error;
      }
    }
  };

  let closed = false;
  return {
    async open(route) {
      if (closed) throw new Error('the client was closed');
      const mine: Socket[] = [];
      const keep = (socket: Socket) => {
        socket.on('error', () => undefined);
        mine.push(socket);
        making.add(socket);
      };
      const late = new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`);
      using _ = clock.after(CONNECT_TIMEOUT_MS, () => {
        // The outermost first: what it wraps would only tell it that it is closed.
        for (const socket of mine.toReversed()) socket.destroy(late);
      });
      try {
        return await attempt(route, keep);
      } catch (error) {
        for (const socket of mine) socket.destroy();
        throw withTime(error, clock.now());
      } finally {
        for (const socket of mine) making.delete(socket);
      }
    },
    [Symbol.dispose]() {
      closed = true;
      for (const socket of making) socket.destroy(new Error('the client was closed'));
    },
  };
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'socks5:': 1080 };

/** Where a certificate is out of its time, the clock may be what is wrong, here or there: whoever reads the message can compare. */
function withTime(error: unknown, nowMs: number): unknown {
  const code = codeOf(error);
  if (!(error instanceof Error) || (code !== 'CERT_HAS_EXPIRED' && code !== 'CERT_NOT_YET_VALID')) return error;
  return Object.assign(new Error(`${error.message} (it is ${new Date(nowMs).toISOString()} here)`, { cause: error }), { code });
}

/** A certificate may yet be trusted, but not over a connection on which it was not. */
class TryAgain extends Error {
  override readonly name = 'TryAgain';
}

/** Where a URL's server is. */
export const destinationOf = ({ hostname, port, protocol }: URL): Destination => ({
  host: hostname.replace(/^\[|\]$/g, ''),
  port: port === '' ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port),
});

function once(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      socket.off(event, done).off('error', settle).off('close', closed);
      if (error === undefined) resolve();
      else reject(error);
    };
    const done = () => settle();
    const closed = () => settle(new Error(event === 'connect' ? 'the connection was closed' : 'the server hung up during the handshake'));
    socket.once(event, done).once('error', settle).once('close', closed);
  });
}
