import { definitions, renderCrd } from '@gotk/api';
import type { Unstructured } from '@gotk/apimachinery';
import { type ClusterConnection, createKubeClient, isNotFound } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { customResourceDefinitions, installCrds, NoControlPlane, startControlPlane, startNodeSimulator } from '@gotk/testkit';

/** A cluster with our kinds installed. Disposing takes away what was added to it. */
export interface Ground extends AsyncDisposable {
  readonly connection: ClusterConnection;
  readonly kubeconfigPath: string;
  readonly description: string;
  readonly readyMs: number;
}

/** A control plane of our own, which ends with us. */
export async function ownStage(): Promise<Ground> {
  const stack = new AsyncDisposableStack();
  try {
    const controlPlane = stack.use(await startControlPlane());
    stack.use(await startNodeSimulator(controlPlane.connection));
    await withClient(controlPlane.connection, (client, signal) => installCrds(client, signal));
    return {
      ...controlPlane,
      description: 'etcd, kube-apiserver and kube-controller-manager, with a simulated node',
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** The cluster that the user lends. CRDs that it lacks are installed, and taken away again. */
export async function lentStage(kubeconfigPath: string | undefined): Promise<Ground> {
  if (kubeconfigPath === undefined || kubeconfigPath === '') throw new NoControlPlane('--cluster needs KUBECONFIG to say which cluster');
  const started = performance.now();
  const connection = await loadConnection({ kubeconfigPath });
  const missing = await withClient(connection, async (client, signal) => {
    const found = await Promise.all(
      definitions.map(async (definition) => {
        const name = `${definition.resource.plural}.${definition.resource.group}`;
        return client.get(customResourceDefinitions, { namespace: '', name }, { signal }).then(
          () => undefined,
          (error: unknown) => {
            if (!isNotFound(error)) throw error;
            return definition;
          },
        );
      }),
    );
    const lacking = found.flatMap((definition) => definition ?? []);
    for (const definition of lacking)
      await client.apply(customResourceDefinitions, renderCrd(definition) as Unstructured, { fieldManager: 'demo', force: true, signal });
    return lacking;
  });
  return {
    connection,
    kubeconfigPath,
    description: `the cluster at ${connection.server}${missing.length === 0 ? '' : `, with ${missing.length} CRDs added`}`,
    readyMs: performance.now() - started,
    [Symbol.asyncDispose]: () =>
      withClient(connection, async (client, signal) => {
        for (const { resource } of missing)
          await client.delete(customResourceDefinitions, { namespace: '', name: `${resource.plural}.${resource.group}` }, { signal });
      }),
  };
}

async function withClient<T>(
  connection: ClusterConnection,
  use: (client: ReturnType<typeof createKubeClient>, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const client = createKubeClient({ connection, userAgent: 'demo' });
  try {
    return await use(client, AbortSignal.timeout(60_000));
  } finally {
    await client.close();
  }
}
