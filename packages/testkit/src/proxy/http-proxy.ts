import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { listenOnLoopback, type ProxyOptions, type ProxyRequest, pairSockets, type TestProxy } from './proxy.ts';

/** An HTTP proxy on loopback: CONNECT tunnels (RFC 9110, 9.3.6), and requests with an absolute URI. With a login, 407 for all others. */
export async function startProxy({ login, hosts = {} }: ProxyOptions = {}): Promise<TestProxy> {
  const requests: ProxyRequest[] = [];
  const sockets = new Set<Duplex>();
  const wanted = login === undefined ? undefined : `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;

  /** True when the request may pass. */
  const admit = (request: IncomingMessage, target: string): boolean => {
    const authorization = request.headers['proxy-authorization'];
    const admitted = wanted === undefined || authorization === wanted;
    requests.push({ method: request.method ?? 'GET', target, user: userOf(authorization), admitted });
    return admitted;
  };

  const forward = (request: IncomingMessage, response: ServerResponse) => {
    const target = request.url ?? '';
    if (!admit(request, target)) return void response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end();
    if (!URL.canParse(target)) return void response.writeHead(400).end('this is a proxy: it wants an absolute URI\n');
    const { hostname, port, pathname, search } = new URL(target);
    const { 'proxy-authorization': _mine, 'proxy-connection': _obsolete, ...headers } = request.headers;
    const onward = send({
      host: hosts[hostname] ?? hostname,
      port,
      path: pathname + search,
      method: request.method,
      headers,
      agent: false,
    });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('error', () => response.destroy()).pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    return void request.pipe(onward);
  };

  const tunnel = (request: IncomingMessage, client: Duplex, head: Buffer) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client)).on('error', () => client.destroy());
    const { hostname, port } = new URL(`http://${request.url}`);
    if (!admit(request, request.url ?? ''))
      return void client.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      );
    const onward: Socket = connect(Number(port === '' ? 80 : port), hosts[hostname] ?? hostname.replace(/^\[|\]$/g, ''));
    onward.on('connect', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.write(head);
    });
    return pairSockets(client, onward);
  };

  const server = createServer(forward).on('connect', tunnel);
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function userOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return Buffer.from(authorization.replace(/^Basic /i, ''), 'base64')
    .toString()
    .split(':')[0];
}
