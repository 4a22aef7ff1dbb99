// `make bench-sources`: what source-controller costs, with the bundle on the embedded control plane: many GitRepositories on one server, a large repository, a large Helm index.
//
//   node test/bench/sources-main.ts [--n 100] [--json]
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createKubeClient } from '@gotk/kube';
import { ensureNamespace, installCrds, NoControlPlane, startControlPlane, startGitServer, startToolkit } from '@gotk/testkit';
import { countRequests } from './request-count.ts';
import { runSourceScenarios } from './source-scenarios.ts';
import { sourceSeat } from './source-seat.ts';
import { renderSourceTable, type SourceRow } from './source-table.ts';

const NAMESPACE = 'flux-system';

const { values } = parseArgs({ options: { n: { type: 'string', default: '100' }, json: { type: 'boolean', default: false } } });

async function bench(): Promise<readonly SourceRow[]> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-bench-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const controlPlane = stack.use(await startControlPlane({ audit: 'controllers', controllerManager: false }));
  const git = stack.use(await startGitServer());
  const { signal } = new AbortController();
  const client = createKubeClient({ connection: controlPlane.connection, userAgent: 'bench', qps: 2_000, burst: 2_000 });
  stack.defer(() => client.close());
  await installCrds(client, signal);
  await ensureNamespace(client, NAMESPACE, signal);
  const toolkit = stack.use(
    await startToolkit({ kubeconfigPath: controlPlane.controllersKubeconfigPath, namespace: NAMESPACE, directory }),
  );
  const seat = sourceSeat({
    client,
    git,
    meter: {
      processes: toolkit.controllers.filter(({ name }) => name === 'source-controller').map(({ name, pid }) => ({ name, pid })),
      servers: [],
      requests: async () => countRequests(await readFile(controlPlane.auditLog ?? '', 'utf8')),
    },
    signal,
  });
  const rows: SourceRow[] = [];
  for await (const row of runSourceScenarios(seat, { count: Number(values.n) })) {
    rows.push(row);
    console.error(`${row.phase}: ${row.seconds.toFixed(2)} s`);
  }
  return rows;
}

try {
  const rows = await bench();
  console.log(values.json ? JSON.stringify(rows, undefined, 2) : renderSourceTable(rows));
} catch (error) {
  console.error(error instanceof NoControlPlane ? error.message : error);
  process.exitCode = 1;
}
