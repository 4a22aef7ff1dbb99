import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifact } from '@gotk/api';
import { writeArchive } from '@gotk/artifact';
import { startScriptedServer } from '@gotk/testkit';

/** Answers instead of the server, if it returns true. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What a source-controller is to those who apply: addresses with bytes behind them, and what it says of these. */
export interface ArtifactServer extends AsyncDisposable {
  /** Serves the files from now on; the revision follows from the content. */
  pack(files: Readonly<Record<string, string>>): Promise<Artifact>;
  /** Paths that were asked for so far. */
  readonly requests: readonly string[];
  /** Until it is disposed of. */
  misbehave(how: Misbehaviour): Disposable;
  /** What is served under an artifact's address is this from now on. */
  damage(artifact: Artifact, change: (bytes: Buffer) => Buffer | undefined): void;
}

const MAX_BYTES = 64 * 1024 * 1024;

export async function startArtifactServer(): Promise<ArtifactServer> {
  const stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-artifacts-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const served = new Map<string, Buffer>();
  const misbehaviours = new Set<Misbehaviour>();
  const server = stack.use(
    await startScriptedServer((request, response) => {
      for (const how of misbehaviours) if (how(request, response)) return;
      const bytes = served.get(request.url ?? '');
      if (bytes === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    }),
  );
  return {
    async pack(files) {
      const contents = Object.entries(files).map(([path, text]) => ({ path, executable: false, content: Buffer.from(text) }));
      const file = join(directory, randomUUID());
      const { digest, size } = await writeArchive(file, contents, { algorithm: 'sha256', maxBytes: MAX_BYTES });
      const path = `/${digest.replace(':', '-')}.tar.gz`;
      served.set(path, await readFile(file));
      const revision = `main@sha1:${createHash('sha1').update(digest).digest('hex')}`;
      return { path: path.slice(1), url: `${server.url}${path}`, revision, digest, size, lastUpdateTime: new Date().toISOString() };
    },
    get requests() {
      return server.requests.map(({ path }) => path);
    },
    misbehave(how) {
      misbehaviours.add(how);
      return { [Symbol.dispose]: () => misbehaviours.delete(how) };
    },
    damage({ url }, change) {
      const { pathname } = new URL(url);
      const bytes = served.get(pathname);
      const changed = bytes === undefined ? undefined : change(Buffer.from(bytes));
      if (changed === undefined) served.delete(pathname);
      else served.set(pathname, changed);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
