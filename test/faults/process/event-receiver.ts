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
  /** The events received, in order, word for word: one that is told again is equal to itself. */
  readonly bodies: readonly string[];
  /** Their messages. */
  readonly messages: readonly string[];
  /** Of how many objects each message was received. */
  objectsSaying(message: string): number;
  /** Connections that came so far. */
  readonly connections: number;
  /** Begins to listen, if it was down, and answers 201 from now on. */
  recover(): Promise<void>;
}

interface Received {
  readonly message: string;
  readonly involvedObject: { readonly name: string };
}

export async function startEventReceiver(behaviour: Behaviour): Promise<EventReceiver> {
  const port = await freePort();
  const closing = new AbortController();
  const bodies: string[] = [];
  const events = () => bodies.map((body) => JSON.parse(body) as Received);
  let connections = 0;
  let current = behaviour;
  const { cert, key } = issueServingCertificate(['127.0.0.1']);
  const secure = behaviour.kind === 'bad-certificate';
  const server = secure ? createHttpsServer({ cert, key }) : createHttpServer();
  server.on('connection', () => {
    connections += 1;
  });
  server.on('request', async (request, response) => {
    bodies.push(await text(request));
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
    bodies,
    get messages() {
      return events().map(({ message }) => message);
    },
    objectsSaying: (message) => new Set(events().flatMap((event) => (event.message === message ? [event.involvedObject.name] : []))).size,
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
