import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import { issueServingCertificate } from '../certificates/authority.ts';
import { programDirectory } from '../programs/program-directory.ts';
import { answerWithBackend } from './http-backend.ts';
import { createRepository, type TestRepository } from './repository.ts';

export interface GitServerOptions {
  /** Serve https, with a certificate of `ca`. */
  readonly tls?: boolean;
  /** With TLS: the client has to show a certificate of this authority (PEM). */
  readonly clientCa?: string;
  /** Every request is sent on to the same path of another server: `https://127.0.0.1:port`. */
  readonly redirectTo?: string;
  /** What the Authorization header has to be; else the answer is 401. */
  readonly authorization?: string;
  /** Answers instead of Git, if it returns true. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface GitRequest {
  /** `METHOD path` */
  readonly line: string;
  readonly authorization: string | undefined;
  /** Whom the client's certificate names. */
  readonly client: string | undefined;
}

export interface GitServer extends AsyncDisposable {
  readonly url: string;
  /** PEM of the authority that signed the server's certificate; undefined without TLS. */
  readonly ca: string | undefined;
  readonly requests: readonly GitRequest[];
  createRepository(name: string): Promise<TestRepository>;
}

/** A real Git server: `git http-backend` behind a small HTTP server on loopback. */
export async function startGitServer(options: GitServerOptions = {}): Promise<GitServer> {
  const { tls = false, clientCa, redirectTo, authorization, intercept } = options;
  const directory = await programDirectory('git');
  const root = directory.path;
  const requests: GitRequest[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    requests.push({ line: `${request.method} ${request.url}`, authorization: request.headers.authorization, client: clientOf(request) });
    if (intercept?.(request, response) === true) return;
    if (redirectTo !== undefined) response.writeHead(301, { location: `${redirectTo}${request.url}` }).end();
    else if (authorization !== undefined && request.headers.authorization !== authorization)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    else answerWithBackend(request, response, root);
  };
  const certificate = tls ? issueServingCertificate(['localhost', '127.0.0.1']) : undefined;
  const demand = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  const server: Server =
    certificate === undefined ? createServer(answer) : createTlsServer({ cert: certificate.cert, key: certificate.key, ...demand }, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${address.port}`;
  return {
    url,
    ca: certificate?.ca,
    requests,
    createRepository: (name) => createRepository({ root, name, url: `${url}/${name}.git` }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await directory[Symbol.asyncDispose]();
    },
  };
}

function clientOf({ socket }: IncomingMessage): string | undefined {
  const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
  return typeof name === 'string' ? name : undefined;
}
