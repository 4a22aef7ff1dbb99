import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { RecordedRequest } from './front.ts';

export interface ScriptedServerOptions {
  /** Serves https with it. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** One that is free unless told. */
  readonly port?: number;
}

/** A server that says what no real one would. */
export interface ScriptedServer extends AsyncDisposable {
  /** `http://127.0.0.1:port`, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly RecordedRequest[];
  /** TCP connections so far. */
  readonly connections: number;
}

export type Script = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A server of HTTP on loopback that answers as the test says. */
export async function startScriptedServer(
  script: Script,
  { certificate, port: wanted = 0 }: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  const requests: RecordedRequest[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url: path = '/', headers } = request;
    requests.push({ method, path, authorization: headers.authorization, headers });
    void script(request, response);
  };
  const server: Server = certificate === undefined ? createServer(handle) : createTlsServer(certificate, handle);
  let connections = 0;
  server.on('connection', () => connections++);
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const { port } = address;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
