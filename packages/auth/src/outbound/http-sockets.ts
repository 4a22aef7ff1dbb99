import { Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { HttpAccess, HttpProxy, Reach } from './http-access.ts';
import { refuseLocalHost, remoteLookup } from './outbound-address.ts';

/** Kept-alive connections of one client. */
export interface HttpSockets {
  /** Those to use for an address. Throws `LocalAddress` for a host that is out of reach. */
  agentFor(target: URL): PlainAgent;
  close(): void;
}

const IDLE_MS = 30_000;

/**
 * Node's own agents, HTTP/1.1: they cost less memory than undici's. The client certificate has an agent of its own, so that no other server than the one that it is meant for sees it.
 * A proxy, too, has to be within reach.
 */
export function createHttpSockets({
  access: { ca, clientCertificate, proxy },
  reach,
  connections,
}: {
  readonly access: HttpAccess;
  readonly reach: Reach;
  readonly connections: number;
}): HttpSockets {
  const shared = {
    keepAlive: true,
    timeout: IDLE_MS,
    maxSockets: connections,
    ...(reach === 'remote' ? { lookup: remoteLookup() } : {}),
    ...(proxy === undefined ? {} : { proxyEnv: proxyEnvironment(proxy) }),
  };
  const trust = ca === undefined ? {} : { ca };
  const plain = new PlainAgent(shared);
  const secure = new SecureAgent({ ...shared, ...trust });
  const certified =
    clientCertificate === undefined
      ? undefined
      : new SecureAgent({ ...shared, ...trust, cert: clientCertificate.cert, key: clientCertificate.key });
  return {
    agentFor(target) {
      if (reach === 'remote') {
        refuseLocalHost(target.hostname);
        if (proxy !== undefined) refuseLocalHost(proxy.address.hostname);
      }
      if (target.protocol !== 'https:') return plain;
      return target.origin === clientCertificate?.origin && certified !== undefined ? certified : secure;
    },
    close() {
      for (const agent of [plain, secure, certified]) agent?.destroy();
    },
  };
}

function proxyEnvironment({ address, login }: HttpProxy): Record<string, string> {
  const url = new URL(address);
  url.username = encodeURIComponent(login?.username ?? '');
  url.password = encodeURIComponent(login?.password ?? '');
  return { HTTP_PROXY: url.href, HTTPS_PROXY: url.href };
}
