import type { IncomingMessage, ServerResponse } from 'node:http';
import { startScriptedServer } from '@gotk/testkit';

/** A store that answers as the test says, by the URL that it is asked for. */
export async function scripted(answer: (url: URL, response: ServerResponse, request: IncomingMessage) => unknown) {
  const server = await startScriptedServer((request, response) => answer(new URL(request.url ?? '/', 'http://store'), response, request));
  return {
    endpoint: `127.0.0.1:${server.port}`,
    url: `${server.url}/`,
    requests: server.requests,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
