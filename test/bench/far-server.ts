import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server on which everything takes its time. */
export interface FarServer extends AsyncDisposable {
  /** To be asked in the server's place, by the same scheme. */
  readonly url: string;
}

/**
 * A server that is elsewhere: what is sent to it arrives after `delayMs`, in order; what it answers comes at once. With one on the same machine, whoever waits for an
 * answer also keeps it from being worked on; elsewhere waiting costs nothing but time.
 */
export async function startFarServer(server: string, delayMs: number): Promise<FarServer> {
  const { protocol, hostname, port } = new URL(server);
  const sockets = new Set<Socket>();
  const listener = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
      sockets.add(socket.setNoDelay(true));
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    far.pipe(near);
    near.on('data', (bytes) => void setTimeout(() => far.write(bytes), delayMs));
    near.on('end', () => void setTimeout(() => far.end(), delayMs));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port: nearPort } = listener.address() as AddressInfo;
  return {
    url: `${protocol}//127.0.0.1:${nearPort}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
