import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below every system's ephemeral range: the kernel gives such a port to nobody between our look and the bind of whoever gets it. */
const FIRST = 10_000;
const LAST = 30_000;

/** Whoever got one may not listen on it yet. */
const given = new Set<number>();

/** A loopback port that nobody listens on, and that this process has given to nobody before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (given.has(port)) continue;
    given.add(port);
    if (await canListen(port)) return port;
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
