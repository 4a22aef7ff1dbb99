import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { startScriptedServer } from '@gotk/testkit';
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
  const server = await startScriptedServer((request, response) => answer(response, request));
  return {
    url: server.url,
    get requests() {
      return server.requests.map(({ path }) => path);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export const sha256 = (content: string | Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** An archive of these entries, and how a source's status would refer to it on a server. */
export function artifactOf(...entries: readonly RawEntry[]): { readonly bytes: Buffer; readonly at: (url: string) => ArtifactReference } {
  const bytes = gzipSync(tarOf(...entries));
  const digest = sha256(bytes);
  return { bytes, at: (url) => ({ url: `${url}/${digest.slice(7, 15)}.tar.gz`, digest }) };
}
