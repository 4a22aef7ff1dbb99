import type { Server, Socket } from 'node:net';

/** The TCP connections that clients hold to a server, below TLS: only there can a connection be reset. */
export interface ClientConnections {
  readonly size: number;
  /** Resets the connection that the request's socket is part of. */
  reset(of: Pick<Socket, 'remotePort'>): void;
  resetAll(): number;
  /** Resets one at random after each `everyMs`, in the middle of whatever it carries. */
  resetAtRandom(options: { readonly everyMs: number }): Disposable & { readonly cut: number };
}

export function trackConnections(server: Server, random: () => number): ClientConnections {
  // On loopback the client's port tells its connections apart.
  const open = new Map<number, Socket>();
  server.on('connection', (socket: Socket) => {
    const { remotePort = 0 } = socket;
    open.set(remotePort, socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (open.get(remotePort) === socket) open.delete(remotePort);
    });
  });
  const resetOne = (socket: Socket | undefined): boolean => {
    if (socket === undefined || socket.destroyed) return false;
    socket.resetAndDestroy();
    return true;
  };
  return {
    get size() {
      return open.size;
    },
    reset: ({ remotePort = 0 }) => resetOne(open.get(remotePort)),
    resetAll: () => [...open.values()].filter(resetOne).length,
    resetAtRandom({ everyMs }) {
      let cut = 0;
      const timer = setInterval(() => {
        const sockets = [...open.values()];
        if (resetOne(sockets[Math.floor(random() * sockets.length)])) cut += 1;
      }, everyMs);
      return {
        get cut() {
          return cut;
        },
        [Symbol.dispose]: () => clearInterval(timer),
      };
    },
  };
}
