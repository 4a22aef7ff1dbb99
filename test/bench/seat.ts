import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kustomizations } from '@gotk/api';
import { systemClock } from '@gotk/apimachinery';
import { type ClusterConnection, createInformer, createKubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { ensureNamespace, installCrds, startControlPlane, startGitServer, startToolkit } from '@gotk/testkit';
import { startFarServer } from './far-server.ts';
import type { Measured } from './measure.ts';
import { countRequests } from './request-count.ts';
import type { Seat } from './scenarios.ts';

/** Controllers that somebody else has started, and where they can be watched. */
export interface Attachment {
  readonly kubeconfigPath: string;
  /** Of the requests of the controllers alone: with those of others nobody can say whose they are. */
  readonly auditLog: string;
  readonly processes: readonly Measured[];
}

export interface Started {
  /** In the place of some of ours, by the name of the controller. */
  readonly programs: Readonly<Record<string, string>>;
  /** How long a request of the controllers is on its way to the API server, which has this machine too; default: no time. */
  readonly farMs?: number;
}

export type Sitter = ({ readonly kind: 'started' } & Started) | ({ readonly kind: 'attached' } & Attachment);

interface Ground {
  readonly connection: ClusterConnection;
  readonly auditLog: string;
  readonly servers: readonly Measured[];
  readonly start: (namespace: string) => Promise<readonly Measured[]>;
}

const NAMESPACE = 'flux-system';

/** Sets the table: an API server with the CRDs, a Git server, and the controllers under test. All of it but what was attached goes with the stack. */
export async function takeSeat(sitter: Sitter, stack: AsyncDisposableStack): Promise<Seat> {
  const { connection, auditLog, servers, start } = sitter.kind === 'attached' ? await attach(sitter) : await ownGround(sitter, stack);
  const git = stack.use(await startGitServer());
  const stop = new AbortController();
  const { signal } = stop;
  const client = createKubeClient({ connection, userAgent: 'bench', qps: 2_000, burst: 2_000 });
  stack.defer(() => client.close());
  await installCrds(client, signal);
  await ensureNamespace(client, NAMESPACE, signal);
  const informer = createInformer({ client, resource: kustomizations, clock: systemClock });
  const watching = informer.run(signal);
  stack.defer(() => watching);
  stack.defer(() => stop.abort());
  await informer.whenSynced(signal);
  const processes = await start(NAMESPACE);
  return {
    client,
    kustomizations: informer,
    createRepository: (name) => git.createRepository(name),
    meter: { processes, servers, requests: async () => countRequests(await readFile(auditLog, 'utf8')) },
    signal,
  };
}

async function attach({ kubeconfigPath, auditLog, processes }: Attachment): Promise<Ground> {
  return { connection: await loadConnection({ kubeconfigPath }), auditLog, servers: [], start: async () => processes };
}

async function ownGround({ programs, farMs = 0 }: Started, stack: AsyncDisposableStack): Promise<Ground> {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-bench-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const controlPlane = stack.use(await startControlPlane({ audit: 'controllers' }));
  const kubeconfigPath = join(directory, 'kubeconfig');
  const far = farMs === 0 ? controlPlane.server : stack.use(await startFarServer(controlPlane.server, farMs)).url;
  await writeFile(kubeconfigPath, (await readFile(controlPlane.controllersKubeconfigPath, 'utf8')).replaceAll(controlPlane.server, far), {
    mode: 0o600,
  });
  return {
    connection: controlPlane.connection,
    auditLog: controlPlane.auditLog ?? '',
    servers: controlPlane.processes,
    async start(namespace) {
      const toolkit = stack.use(
        await startToolkit({
          kubeconfigPath,
          namespace,
          directory,
          programs,
          // Upstream's programs elect a leader inside of a cluster only.
          flags: Object.keys(programs).length === 0 ? ['--enable-leader-election'] : [],
        }),
      );
      return toolkit.controllers.map(({ name, pid }) => ({ name, pid }));
    },
  };
}
