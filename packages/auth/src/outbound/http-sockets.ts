import { Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Clock } from '@gotk/apimachinery';
import { createConnector, type Route } from './connect.ts';
import type { ClientCertificate, HttpAccess, Reach } from './http-access.ts';
import { refuseLocalHost } from './outbound-address.ts';
import { proxyAuthorization } from './proxy-tunnel.ts';

/** What of a request depends on how the server is reached. */
export interface Passage {
  readonly agent: PlainAgent;
  /** The request target, when it is not the URL's path. */
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Kept-alive connections of one client. */
export interface HttpSockets {
  /** How to send to an address. Throws `LocalAddress` for a host that is out of reach. */
  passageTo(target: URL): Passage;
  close(): void;
}

const IDLE_MS = 30_000;

/**
 * Node's own agents keep connections, HTTP/1.1: they cost less memory than undici's. Connections are made by us, so that the rules on where
 * to connect hold for proxies as well, and a handshake has a deadline. The client certificate has an agent of its own: no other server than
 * the one it is meant for is asked with it.
 */
export function createHttpSockets({
  access,
  reach,
  clock,
}: {
  readonly access: HttpAccess;
  readonly reach: Reach;
  readonly clock: Clock;
}): HttpSockets {
  const { clientCertificate, proxy } = access;
  const connector = createConnector({ access, reach, clock });
  const agentWith = (protocol: 'http:' | 'https:', certificate?: ClientCertificate): PlainAgent => {
    const agent = new (protocol === 'https:' ? SecureAgent : PlainAgent)({ keepAlive: true, timeout: IDLE_MS });
    agent.createConnection = ({ host, port }, created) => {
      const route: Route = { protocol, host: host ?? '', port: Number(port), ...(certificate === undefined ? {} : { certificate }) };
      connector.open(route).then(
        (socket) => created?.(null, socket),
        // On failure there is no stream, which Node's types leave out.
        (error: Error) => (created as ((error: Error) => void) | undefined)?.(error),
      );
      return undefined;
    };
    return agent;
  };
  const plain = agentWith('http:');
  const secure = agentWith('https:');
  const certified = clientCertificate === undefined ? undefined : agentWith('https:', clientCertificate);
  const agentFor = ({ protocol, origin }: URL): PlainAgent => {
    if (protocol !== 'https:') return plain;
    return origin === clientCertificate?.origin && certified !== undefined ? certified : secure;
  };

  return {
    passageTo(target) {
      if (reach === 'remote') {
        refuseLocalHost(target.hostname);
        if (proxy !== undefined) refuseLocalHost(proxy.address.hostname);
      }
      const agent = agentFor(target);
      if (proxy === undefined || proxy.address.protocol === 'socks5:' || target.protocol === 'https:') return { agent, headers: {} };
      const authorization = proxyAuthorization(proxy);
      return { agent, path: target.href, headers: authorization === undefined ? {} : { 'proxy-authorization': authorization } };
    },
    close() {
      connector[Symbol.dispose]();
      for (const agent of [plain, secure, certified]) agent?.destroy();
    },
  };
}
