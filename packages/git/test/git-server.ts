import type { IncomingMessage, ServerResponse } from 'node:http';
import { type GitServer, startGitServer, type TestRepository } from '@gotk/testkit';
import { connect, type RemoteConnection } from '../src/connection.ts';
import { FLUSH, renderPacket } from '../src/protocol/pkt-line.ts';
import type { Ref } from '../src/protocol/ref.ts';

export { type GitServer, startGitServer, type TestRepository };

/** Answers that no real Git gives: whatever the test says. Discovery succeeds unless `discovery` says otherwise. */
export interface Script {
  readonly discovery?: (response: ServerResponse, request: IncomingMessage) => unknown;
  readonly command?: (response: ServerResponse, request: IncomingMessage) => unknown;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly server: GitServer;
  readonly remote: RemoteConnection;
}

export const ADVERTISEMENT = [
  renderPacket('# service=git-upload-pack'),
  FLUSH,
  renderPacket('version 2'),
  renderPacket('ls-refs'),
  FLUSH,
].join('');

/** A server that follows a script, and a connection to it. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const server = await startGitServer({
    intercept: (request, response) => {
      const answer = request.method === 'GET' ? script.discovery : script.command;
      if (answer === undefined) response.end(ADVERTISEMENT);
      else void answer(response, request);
      return true;
    },
  });
  const remote = anonymously(`${server.url}/app.git`);
  return {
    server,
    remote,
    async [Symbol.asyncDispose]() {
      await remote[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

export const anonymously = (url: string): RemoteConnection => connect({ url: new URL(url), access: { login: { kind: 'anonymous' } } });

/** What a remote lists, by name. */
export async function listed(
  remote: RemoteConnection,
  prefixes: readonly string[] = [],
  signal = never(),
): Promise<ReadonlyMap<string, Ref>> {
  const refs = new Map<string, Ref>();
  for await (const ref of remote.listRefs(prefixes, signal)) refs.set(ref.name, ref);
  return refs;
}

/** A signal that is never aborted. */
export const never = (): AbortSignal => new AbortController().signal;
