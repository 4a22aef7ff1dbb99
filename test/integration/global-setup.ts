import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { ensureNamespace, installCrds, lentCluster, startControlPlane, startNodeSimulator, startToolkit } from '@gotk/testkit';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    readonly kubeconfigPath: string;
    /** Program and first arguments of the real kubectl; empty when there is none. */
    readonly kubectl: readonly string[];
    /** Holds the controllers' logs, artifacts and temporary files. */
    readonly directory: string;
    readonly metricsUrls: Readonly<Record<string, string>>;
    readonly auditLog: string;
  }
}

const NAMESPACE = 'flux-system';

/** One control plane and one pair of controllers for all files: each test works in a namespace of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = new AsyncDisposableStack();
  try {
    const directory = await mkdtemp(join(tmpdir(), 'gotk-integration-'));
    stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
    const lent = lentCluster(process.env);
    const own = lent === undefined ? stack.use(await startControlPlane({ audit: 'everybody' })) : undefined;
    const kubeconfigPath = lent ?? own?.kubeconfigPath ?? '';
    const connection = await loadConnection({ kubeconfigPath });
    if (lent === undefined) stack.use(await startNodeSimulator(connection));
    const client = createKubeClient({ connection, userAgent: 'integration-setup' });
    await installCrds(client, AbortSignal.timeout(60_000));
    await ensureNamespace(client, NAMESPACE, AbortSignal.timeout(10_000));
    await client.close();

    const toolkit = await startToolkit({
      kubeconfigPath,
      namespace: NAMESPACE,
      directory,
      flags: ['--kube-api-qps=500', '--kube-api-burst=1000'],
    });
    stack.defer(async () => {
      // Nothing that any test fed them may have ended them, or left a promise without an owner.
      for (const { name, logFile, stop } of toolkit.controllers) {
        const code = await stop();
        const log = await readFile(logFile, 'utf8');
        if (code !== 0 || /unhandled|uncaught/i.test(log))
          throw new Error(`${name} ended with code ${code}; its log ends with\n${log.slice(-4_000)}`);
      }
    });
    project.provide('kubeconfigPath', kubeconfigPath);
    project.provide('kubectl', [...(own?.kubectlCommand ?? [])]);
    project.provide('directory', directory);
    project.provide('metricsUrls', Object.fromEntries(toolkit.controllers.map(({ name, metricsUrl }) => [name, metricsUrl])));
    project.provide('auditLog', own?.auditLog ?? '');
    return () => stack.disposeAsync();
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
