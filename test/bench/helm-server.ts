import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeArchive } from '@gotk/artifact';
import { chartName, exampleIndex, NEWEST } from './helm-index.ts';

export interface ExampleRepository extends AsyncDisposable {
  readonly url: string;
  readonly indexBytes: number;
  /** Requests so far. */
  readonly requests: () => number;
}

export interface ExampleRepositoryOptions {
  /** In the index. */
  readonly charts: number;
  /** The first so many can be fetched, in their newest version. */
  readonly fetchable: number;
}

/** A Helm repository with a large index. */
export async function startExampleRepository({ charts, fetchable }: ExampleRepositoryOptions): Promise<ExampleRepository> {
  const files = new Map<string, Buffer>();
  const digests = new Map<string, string>();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-bench-helm-'));
  try {
    for (let index = 0; index < fetchable; index++) {
      const name = chartName(index);
      const file = join(directory, name);
      const chart = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${NEWEST}\n`, 'values.yaml': 'replicas: 1\n' };
      const entries = Object.entries(chart).map(([path, content]) => ({
        path: `${name}/${path}`,
        executable: false,
        content: Buffer.from(content),
      }));
      const { digest } = await writeArchive(file, entries, { algorithm: 'sha256', maxBytes: 1_000_000 });
      digests.set(name, digest.replace('sha256:', ''));
      files.set(`/${name}-${NEWEST}.tgz`, await readFile(file));
    }
  } finally {
    await rm(directory, { recursive: true });
  }
  const index = Buffer.from(exampleIndex({ charts, digests }));
  files.set('/index.yaml', index);
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const file = files.get(request.url ?? '');
    if (file === undefined) response.writeHead(404).end();
    else response.end(file);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    indexBytes: index.length,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
