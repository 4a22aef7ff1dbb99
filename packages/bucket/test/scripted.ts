import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedStore extends AsyncDisposable {
  readonly url: string;
  readonly endpoint: string;
  readonly requests: readonly { readonly url: URL; readonly headers: IncomingMessage['headers'] }[];
}

/** A server that answers as the test says. */
export async function scripted(answer: (url: URL, response: ServerResponse, request: IncomingMessage) => unknown): Promise<ScriptedStore> {
  const requests: { readonly url: URL; readonly headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://store');
    requests.push({ url, headers: request.headers });
    answer(url, response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    url: `http://${endpoint}/`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
