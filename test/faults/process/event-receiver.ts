import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, issueServingCertificate } from '@gotk/testkit';

/** How a receiver of events (`--events-addr`) behaves. */
export type Behaviour =
  | { readonly kind: 'answers'; readonly status: number; readonly afterMs?: number }
  /** Nobody listens at its address. */
  | { readonly kind: 'down' }
  /** Its certificate is signed by nobody who is known. */
  | { readonly kind: 'bad-certificate' };

export interface EventReceiver extends AsyncDisposable {
  readonly url: string;
  /** Messages of the events received, in order. */
  readonly messages: readonly string[];
  /** Connections that came so far. */
  readonly connections: number;
  /** Begins to listen, if it was down, and answers 201 from now on. */
  recover(): Promise<void>;
}

export async function startEventReceiver(behaviour: Behaviour): Promise<EventReceiver> {
  const port = await freePort();
  const closing = new AbortController();
  const messages: string[] = [];
  let connections = 0;
  let current = behaviour;
  const { cert, key } = issueServingCertificate(['127.0.0.1']);
  const secure = behaviour.kind === 'bad-certificate';
  const server = secure ? createHttpsServer({ cert, key }) : createHttpServer();
  server.on('connection', () => {
    connections += 1;
  });
  server.on('request', async (request, response) => {
    messages.push((JSON.parse(await text(request)) as { readonly message: string }).message);
    const { status, afterMs = 0 } = current.kind === 'answers' ? current : { status: 201 };
    await delay(afterMs, undefined, { signal: closing.signal }).catch(() => undefined);
    response.writeHead(status).end();
  });
  const listen = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  if (behaviour.kind !== 'down') await listen();
  return {
    url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}/`,
    messages,
    get connections() {
      return connections;
    },
    async recover() {
      current = { kind: 'answers', status: 201 };
      if (!server.listening) await listen();
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
