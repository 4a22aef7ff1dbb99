import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueServingCertificate } from '../serving-certificate.ts';
import { answerWithBackend } from './http-backend.ts';
import { createRepository, type TestRepository } from './repository.ts';

export interface GitServerOptions {
  /** Serve https, with a certificate of `ca`. */
  readonly tls?: boolean;
  /** What the Authorization header has to be; else the answer is 401. */
  readonly authorization?: string;
  /** Answers instead of Git, if it returns true. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface GitServer extends AsyncDisposable {
  readonly url: string;
  /** PEM of the authority that signed the server's certificate; undefined without TLS. */
  readonly ca: string | undefined;
  /** Requests so far, as `METHOD path`, and the Authorization header that each carried. */
  readonly requests: readonly { readonly line: string; readonly authorization: string | undefined }[];
  createRepository(name: string): Promise<TestRepository>;
}

/** A real Git server: `git http-backend` behind a small HTTP server on loopback. */
export async function startGitServer({ tls = false, authorization, intercept }: GitServerOptions = {}): Promise<GitServer> {
  const root = await mkdtemp(join(tmpdir(), 'gotk-git-'));
  const requests: { readonly line: string; readonly authorization: string | undefined }[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    requests.push({ line: `${request.method} ${request.url}`, authorization: request.headers.authorization });
    if (intercept?.(request, response) === true) return;
    if (authorization !== undefined && request.headers.authorization !== authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    answerWithBackend(request, response, root);
  };
  const certificate = tls ? issueServingCertificate(['localhost', '127.0.0.1']) : undefined;
  const server: Server =
    certificate === undefined ? createServer(answer) : createTlsServer({ cert: certificate.cert, key: certificate.key }, answer);
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
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
