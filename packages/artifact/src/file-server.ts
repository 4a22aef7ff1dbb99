import serveStatic from '@fastify/static';
import fastify from 'fastify';

export interface FileServerOptions {
  readonly root: string;
  /** Such as `:9090`, taken apart. An empty host: all addresses. */
  readonly host: string;
  readonly port: number;
}

export interface FileServer extends AsyncDisposable {
  /** Where it listens, with the port that it got. */
  readonly url: string;
}

/**
 * Serves the stored artifacts to consumers: GET and HEAD, with ranges and conditional requests, whatever the Host header says. Files and
 * directories whose name starts with a dot are none of anybody's business.
 */
export async function serveFiles({ root, host, port }: FileServerOptions): Promise<FileServer> {
  const server = fastify({ forceCloseConnections: true, requestTimeout: 30_000, routerOptions: { maxParamLength: 4_096 } });
  await server.register(serveStatic, { root, serveDotFiles: false, dotfiles: 'ignore', index: false, cacheControl: false });
  const url = await server.listen({ host: host === '' ? '0.0.0.0' : host, port });
  return { url, [Symbol.asyncDispose]: () => server.close() };
}
