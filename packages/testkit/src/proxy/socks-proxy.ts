import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback, type ProxyOptions, type ProxyRequest, pairSockets, type TestProxy } from './proxy.ts';

const VERSION = 5;
const METHOD = { none: 0, login: 2, unacceptable: 0xff } as const;
const REPLY = { done: 0, refused: 5, command: 7, address: 8 } as const;
const CONNECT = 1;

/** A SOCKS5 proxy on loopback (RFC 1928) that makes TCP connections, with user name and password (RFC 1929) if it has a login. */
export async function startSocksProxy(options: ProxyOptions = {}): Promise<TestProxy> {
  const requests: ProxyRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client)).on('error', () => client.destroy());
    serve(client, { ...options, requests }).catch(() => client.destroy());
  });
  const port = await listenOnLoopback(server);
  return {
    url: `socks5://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(client: Socket, { login, hosts = {}, requests }: ProxyOptions & { readonly requests: ProxyRequest[] }): Promise<void> {
  const [, count = 0] = await read(client, 2);
  const offered = await read(client, count);
  const method = login === undefined ? METHOD.none : METHOD.login;
  if (!offered.includes(method)) {
    requests.push({ method: 'CONNECT', target: '', user: undefined, admitted: false });
    return void client.end(Buffer.from([VERSION, METHOD.unacceptable]));
  }
  client.write(Buffer.from([VERSION, method]));

  let user: string | undefined;
  if (login !== undefined) {
    await read(client, 1);
    user = await readCounted(client);
    const password = await readCounted(client);
    const admitted = user === login.username && password === login.password;
    client.write(Buffer.from([1, admitted ? 0 : 1]));
    if (!admitted) {
      requests.push({ method: 'CONNECT', target: '', user, admitted });
      return void client.end();
    }
  }

  const [, command, , type] = await read(client, 4);
  const host = await readHost(client, type);
  if (command !== CONNECT || host === undefined) return void client.end(reply(command === CONNECT ? REPLY.address : REPLY.command));
  const port = (await read(client, 2)).readUInt16BE();
  requests.push({ method: 'CONNECT', target: `${host}:${port}`, user, admitted: true });
  const onward = connect(port, hosts[host] ?? host);
  onward.once('connect', () => {
    client.write(reply(REPLY.done));
    pairSockets(client, onward);
  });
  onward.once('error', () => client.end(reply(REPLY.refused)));
}

/** Undefined when the kind of address is unknown. */
async function readHost(client: Socket, type: number | undefined): Promise<string | undefined> {
  switch (type) {
    case 1:
      return [...(await read(client, 4))].join('.');
    case 3:
      return readCounted(client);
    case 4:
      return ((await read(client, 16)).toString('hex').match(/.{4}/g) ?? []).join(':');
    default:
      return undefined;
  }
}

/** A byte with the length, then the text. */
async function readCounted(client: Socket): Promise<string> {
  const [length = 0] = await read(client, 1);
  return (await read(client, length)).toString();
}

/** Exactly so many bytes, and not one more: the rest is the tunnel's. Throws when the client is gone. */
async function read(client: Socket, bytes: number): Promise<Buffer> {
  if (bytes === 0) return Buffer.alloc(0);
  for (;;) {
    const chunk: unknown = client.read(bytes);
    if (chunk instanceof Buffer && chunk.length === bytes) return chunk;
    if (client.readableEnded || client.destroyed || chunk !== null) throw new Error('the client went away');
    await Promise.race([once(client, 'readable'), once(client, 'close')]);
  }
}

/** The address that a reply names is of no use to a client that asked for a connection. */
function reply(code: number): Buffer {
  return Buffer.from([VERSION, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}
