import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { ArtifactReference } from '../src/fetch.ts';
import { type RawEntry, tarOf } from './tar.ts';

export interface ArtifactServer extends AsyncDisposable {
  readonly url: string;
  /** Paths asked for so far. */
  readonly requests: readonly string[];
}

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** An HTTP server on loopback that answers as the test says. */
export async function artifactServer(answer: Answer): Promise<ArtifactServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const sha256 = (content: string | Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** An archive of these entries, and how a source's status would refer to it on a server. */
export function artifactOf(...entries: readonly RawEntry[]): { readonly bytes: Buffer; readonly at: (url: string) => ArtifactReference } {
  const bytes = gzipSync(tarOf(...entries));
  const digest = sha256(bytes);
  return { bytes, at: (url) => ({ url: `${url}/${digest.slice(7, 15)}.tar.gz`, digest }) };
}
