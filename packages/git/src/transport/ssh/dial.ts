import { connect, type Socket } from 'node:net';
import type { Clock } from '@gotk/apimachinery';
import { type HttpProxy, type Reach, refuseLocalHost, remoteLookup } from '@gotk/auth';
import type { Endpoint } from './known-hosts.ts';

export interface DialOptions {
  readonly reach: Reach;
  readonly clock: Clock;
  readonly proxy?: HttpProxy;
  readonly signal: AbortSignal;
}

/** The system gives up after two minutes: longer than anybody wants to wait for nothing. */
const CONNECT_TIMEOUT_MS = 10_000;

/** A TCP connection. Rejects as the socket does, or with what the signal was aborted with. */
export async function dial({ host, port }: Endpoint, { reach, clock, signal }: DialOptions): Promise<Socket> {
  signal.throwIfAborted();
  if (reach === 'remote') refuseLocalHost(host);
  const socket = connect({ host, port, noDelay: true, keepAlive: true, ...(reach === 'remote' ? { lookup: remoteLookup() } : {}) });
  using _ = clock.after(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`)));
  const abort = () => socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', abort);
  try {
    return await new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(socket));
      socket.on('error', reject);
    });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
