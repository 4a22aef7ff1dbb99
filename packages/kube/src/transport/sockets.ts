import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity, createSecureContext, type PeerCertificate } from 'node:tls';
import { refuseLocalHost, remoteLookup } from '@gotk/auth';
import type { ClusterConnection } from '../connection.ts';

/** The two sets of kept-alive HTTP/1.1 connections to one API server. */
export interface Sockets {
  /** For ordinary calls: bounded, the rest queue. */
  calls(): PlainAgent;
  /** For what must never queue behind ordinary calls: watches, which last, and leases, which must not be late. */
  reserved(): PlainAgent;
  /** Cuts every connection. */
  close(): void;
}

interface Agents {
  readonly trust: readonly unknown[];
  readonly calls: PlainAgent;
  readonly reserved: PlainAgent;
}

const MAX_CALL_SOCKETS = 16;
/** Shorter than any load balancer's or the API server's own limit on idle connections, so that it is nearly always we who close. */
const IDLE_MS = 30_000;
/** A peer that has vanished without a word is noticed this long plus ten probes of a second each after its last: silent watches depend on it. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Connections that follow `connection`: when its certificates change, new requests go over new connections, and running ones end on theirs.
 *
 * Node's own client, because undici's took 20 MiB to load and 100 MiB more over 15,000 requests at the same speed and CPU time (measured: Node 24.21, undici 8.12).
 * HTTP/1.1, because over HTTP/2 the same calls took three times as long. Throws for plain http to anything but a loopback address, and for a local address where it shall not reach.
 */
export function createSockets(connection: ClusterConnection): Sockets {
  const { protocol, hostname } = new URL(connection.server);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname)))
    throw new Error(`failed to use API server '${hostname}': neither https nor http on a loopback address`);
  const remoteOnly = connection.reach === 'remote';
  if (remoteOnly) refuseLocalHost(hostname);

  let current: Agents | undefined;
  const retired: Agents[] = [];
  const agents = (): Agents => {
    const trust = [connection.ca, connection.clientCertificate?.cert, connection.clientCertificate?.key];
    if (current !== undefined && trust.every((pem, index) => pem === current?.trust[index])) return current;
    if (current !== undefined) retired.push(current);
    const settings = protocol === 'https:' ? tlsSettings(connection) : {};
    const reach = remoteOnly ? { lookup: remoteLookup() } : {};
    const create = (maxSockets: number) => {
      const options = {
        keepAlive: true,
        keepAliveMsecs: KEEP_ALIVE_MS,
        timeout: IDLE_MS,
        scheduling: 'lifo',
        maxSockets,
        ...reach,
      } as const;
      return protocol === 'https:' ? new Agent({ ...options, ...settings }) : new PlainAgent(options);
    };
    current = { trust, calls: create(MAX_CALL_SOCKETS), reserved: create(Number.POSITIVE_INFINITY) };
    return current;
  };
  return {
    calls: () => agents().calls,
    reserved: () => agents().reserved,
    close() {
      for (const { calls, reserved } of current === undefined ? retired : [...retired, current]) {
        calls.destroy();
        reserved.destroy();
      }
    },
  };
}

function tlsSettings({ ca, clientCertificate, tlsServerName, insecureSkipTlsVerify }: ClusterConnection) {
  return {
    secureContext: createSecureContext({ ...(ca === undefined ? {} : { ca }), ...clientCertificate }),
    rejectUnauthorized: insecureSkipTlsVerify !== true,
    ...(tlsServerName === undefined ? {} : expecting(tlsServerName)),
  };
}

/** An address is not asked for by name (RFC 6066, 3); that the certificate is for it is checked all the same. */
function expecting(name: string) {
  if (isIP(name) === 0) return { servername: name };
  return { servername: '', checkServerIdentity: (_host: string, certificate: PeerCertificate) => checkServerIdentity(name, certificate) };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
