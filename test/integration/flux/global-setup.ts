import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { installCrds, requireProgram, startControlPlane, startNodeSimulator } from '@gotk/testkit';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The real `flux`. */
    readonly flux: string;
    /** Of the user whose requests the audit log has. */
    readonly controllersKubeconfigPath: string;
  }
}

/** One control plane for all files, and no controllers: each test starts Flux's or ours for a namespace of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = new AsyncDisposableStack();
  try {
    const flux = await requireProgram('flux');
    await Promise.all([requireProgram('flux-source-controller'), requireProgram('flux-kustomize-controller')]);
    const directory = await mkdtemp(join(tmpdir(), 'gotk-flux-'));
    stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
    const cluster = stack.use(await startControlPlane({ audit: 'controllers' }));
    const connection = await loadConnection({ kubeconfigPath: cluster.kubeconfigPath });
    stack.use(await startNodeSimulator(connection));
    const client = createKubeClient({ connection, userAgent: 'flux-setup' });
    await installCrds(client, AbortSignal.timeout(60_000));
    await client.close();
    project.provide('flux', flux);
    project.provide('kubeconfigPath', cluster.kubeconfigPath);
    project.provide('controllersKubeconfigPath', cluster.controllersKubeconfigPath);
    project.provide('kubectl', [...(cluster.kubectlCommand ?? [])]);
    project.provide('directory', directory);
    project.provide('metricsUrls', {});
    project.provide('auditLog', cluster.auditLog ?? '');
    return () => stack.disposeAsync();
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
