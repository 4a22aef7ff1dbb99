import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { serve, startRawServer, type TestServer } from './servers.ts';

export interface ProxyOptions {
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The value of Proxy-Authorization that it insists on. */
  readonly authorization?: string;
}

export interface TestProxy extends TestServer {
  /** What it was asked for, as `CONNECT host:port` or `GET http://…`, with the headers as text. */
  readonly asked: readonly { readonly line: string; readonly headers: string }[];
}

/** A proxy of HTTP, which sends everything to 127.0.0.1, whatever its name. */
export async function startHttpProxy({ tls, authorization }: ProxyOptions = {}): Promise<TestProxy> {
  const asked: { line: string; headers: string }[] = [];
  const server = tls === undefined ? createServer() : createSecureServer(tls);
  const welcome = (headers: NodeJS.Dict<string | string[]>) =>
    authorization === undefined || headers['proxy-authorization'] === authorization;
  server.on('connect', ({ url = '', headers }, socket: Socket) => {
    asked.push({ line: `CONNECT ${url}`, headers: JSON.stringify(headers) });
    if (!welcome(headers)) return void socket.end(`HTTP/1.1 407 Who are you\r\nX-Echo: ${headers['proxy-authorization']}\r\n\r\n`);
    const onward = connect(Number(url.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      pipeline(socket, onward, socket, () => undefined);
    });
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  });
  server.on('request', ({ method, url = '', headers }, response) => {
    asked.push({ line: `${method} ${url}`, headers: JSON.stringify(headers) });
    if (!welcome(headers)) return void response.writeHead(407).end();
    response.end(`by proxy: ${url}`);
  });
  const served = await serve(server, { ...(tls === undefined ? {} : { tls }), host: 'localhost', received: [] });
  return Object.assign(Object.create(served) as TestServer, { asked, [Symbol.asyncDispose]: () => served[Symbol.asyncDispose]() });
}

export interface SocksOptions {
  readonly login?: { readonly username: string; readonly password: string };
  /** What it replies to a request to connect; 0 is success. */
  readonly reply?: number;
}

/** A SOCKS 5 proxy (RFC 1928, 1929), which connects to 127.0.0.1, whatever its name. `asked` holds the destinations, by kind of address. */
export async function startSocksProxy({
  login,
  reply = 0,
}: SocksOptions = {}): Promise<TestServer & { readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const served = await startRawServer((socket) => {
    const stages = [
      (data: Buffer) => {
        const method = login === undefined ? 0 : 2;
        socket.write(Buffer.from([5, data.subarray(2).includes(method) ? method : 0xff]));
        if (login === undefined) stages.shift();
      },
      (data: Buffer) => {
        const name = data.subarray(2, 2 + (data[1] ?? 0)).toString();
        const password = data.subarray(3 + name.length).toString();
        socket.write(Buffer.from([1, name === login?.username && password === login.password ? 0 : 1]));
      },
      (data: Buffer) => {
        const port = data.readUInt16BE(data.length - 2);
        const address = data.subarray(4, -2);
        asked.push(`${data[3]}:${data[3] === 3 ? address.subarray(1).toString() : address.toString('hex')}:${port}`);
        if (reply !== 0) return void socket.end(Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]));
        const onward = connect(port, '127.0.0.1', () => {
          // In two parts, the second of them with the server's first bytes: nothing may be lost or taken for something else.
          socket.write(Buffer.from([5, 0, 0, 3]));
          socket.write(Buffer.concat([Buffer.from([9]), Buffer.from('localhost'), Buffer.from([0, 80])]));
          pipeline(socket, onward, socket, () => undefined);
        });
      },
    ];
    const next = (data: Buffer) => {
      stages.shift()?.(data);
      if (stages.length > 0) socket.once('data', next);
    };
    socket.once('data', next);
  });
  return Object.assign(Object.create(served) as TestServer, { asked, [Symbol.asyncDispose]: () => served[Symbol.asyncDispose]() });
}
