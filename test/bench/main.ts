// `make bench`: seconds, CPU, memory and API requests of the controllers on the embedded control plane.
//
//   node test/bench/main.ts [--n 100] [--idle 120] [--drifts 20] [--chain 10] [--json] [--requests]
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kustomizations } from '@gotk/api';
import { systemClock } from '@gotk/apimachinery';
import { createInformer, createKubeClient } from '@gotk/kube';
import { ensureNamespace, installCrds, NoControlPlane, startControlPlane, startGitServer, startToolkit } from '@gotk/testkit';
import type { Row } from './measure.ts';
import { countRequests } from './request-count.ts';
import { runScenarios } from './scenarios.ts';
import { renderJson, renderRequests, renderTable } from './table.ts';

const NAMESPACE = 'flux-system';

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '100' },
    idle: { type: 'string', default: '120' },
    drifts: { type: 'string', default: '20' },
    chain: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
    requests: { type: 'boolean', default: false },
  },
});

async function bench(): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-bench-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const controlPlane = stack.use(await startControlPlane({ audit: 'controllers' }));
  const git = stack.use(await startGitServer());
  const repository = await git.createRepository('bench');
  const stop = new AbortController();
  const { signal } = stop;
  const client = createKubeClient({ connection: controlPlane.connection, userAgent: 'bench', qps: 2_000, burst: 2_000 });
  stack.defer(() => client.close());
  await installCrds(client, signal);
  await ensureNamespace(client, NAMESPACE, signal);
  const informer = createInformer({ client, resource: kustomizations, clock: systemClock });
  const watching = informer.run(signal);
  stack.defer(() => watching);
  stack.defer(() => stop.abort());
  await informer.whenSynced(signal);
  const toolkit = stack.use(
    await startToolkit({
      kubeconfigPath: controlPlane.controllersKubeconfigPath,
      namespace: NAMESPACE,
      directory,
      flags: ['--enable-leader-election'],
    }),
  );

  const seat = {
    client,
    kustomizations: informer,
    repositoryUrl: repository.url,
    commit: (message: string, files: Readonly<Record<string, string>>) => repository.commit(message, files),
    meter: {
      processes: toolkit.controllers.map(({ name, pid }) => ({ name, pid })),
      requests: async () => countRequests(await readFile(controlPlane.auditLog ?? '', 'utf8')),
    },
    signal,
  };
  const options = {
    count: Number(values.n),
    idleSeconds: Number(values.idle),
    drifts: Number(values.drifts),
    chainLength: Number(values.chain),
  };
  const rows: Row[] = [];
  for await (const row of runScenarios(seat, options)) {
    rows.push(row);
    console.error(`${row.phase}: ${row.seconds.toFixed(2)} s`);
    if (values.requests) console.error(`  ${renderRequests(row)}`);
  }
  return rows;
}

try {
  const rows = await bench();
  console.log(values.json ? renderJson(rows) : renderTable(rows));
} catch (error) {
  console.error(error instanceof NoControlPlane ? error.message : error);
  process.exitCode = 1;
}
