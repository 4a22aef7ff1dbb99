/** For Node's own flags: lets `heapAtRest` ask. */
export const INSPECTED = '--inspect=127.0.0.1:0';

const TIMEOUT_MS = 30_000;

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/**
 * What the main thread of a process holds in its JavaScript heap, in bytes, once everything that can be collected is: nothing else tells garbage from a leak. The
 * process was started with `INSPECTED`, and its log says where to ask (Chrome DevTools Protocol).
 */
export async function heapAtRest(log: string): Promise<number> {
  const address = /Debugger listening on (ws:\S+)/.exec(log)?.[1];
  if (address === undefined) throw new Error('the process does not say where its inspector listens');
  const socket = new WebSocket(address);
  try {
    await opened(socket);
    await ask(socket, 1, 'HeapProfiler.collectGarbage');
    const usage = (await ask(socket, 2, 'Runtime.getHeapUsage')) as { readonly usedSize: number };
    return usage.usedSize;
  } finally {
    socket.close();
  }
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error('the inspector cannot be reached')), { once: true });
  });
}

function ask(socket: WebSocket, id: number, method: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${method} was not answered`)), TIMEOUT_MS);
    socket.addEventListener('message', ({ data }) => {
      const reply = JSON.parse(String(data)) as Reply;
      if (reply.id !== id) return;
      clearTimeout(timer);
      if (reply.error === undefined) resolve(reply.result);
      else reject(new Error(`${method}: ${reply.error.message}`));
    });
    socket.send(JSON.stringify({ id, method }));
  });
}
