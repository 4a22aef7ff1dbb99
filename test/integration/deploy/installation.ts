import { randomBytes } from 'node:crypto';
import { gvkOf, type KubeObject, keyOf, type Resource, type Unstructured } from '@gotk/apimachinery';
import { type Applied, type ClusterConnection, createKubeClient, isNotFound, type KubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { createRawApi, eventually, type RawApi } from '@gotk/testkit';
import { inject } from 'vitest';
import { buildOverlay, isCrd } from './overlay.ts';

/** deploy/install in a namespace of its own. Disposing deletes it, but does not wait for the namespace, which takes the server seconds. */
export interface Installation extends AsyncDisposable {
  readonly connection: ClusterConnection;
  readonly client: KubeClient;
  readonly api: RawApi;
  readonly namespace: string;
  readonly signal: AbortSignal;
  /** What the overlay asks for and what the server made of it, in the order of application. */
  readonly applied: readonly Installed[];
  find<T extends KubeObject>(kind: string, name: string): T;
  /** Deletes all of it and resolves when the namespace is gone. */
  uninstall(): Promise<void>;
}

export interface Installed extends Applied<Unstructured> {
  readonly wanted: Unstructured;
  readonly resource: Resource;
}

/**
 * Applies the overlay by server-side apply; a field that a kind does not have is an error.
 *
 * The CRDs are the exception: they are in the cluster already, and other tests live on them. The server judges them, and does not store its verdict.
 */
export async function install(): Promise<Installation> {
  const connection = await loadConnection({ kubeconfigPath: inject('kubeconfigPath') });
  const client = createKubeClient({ connection, userAgent: 'install-test', qps: 1_000, burst: 1_000 });
  const namespace = `install-${randomBytes(4).toString('hex')}`;
  const signal = AbortSignal.timeout(300_000);
  const applied: Installed[] = [];

  const remove = async () => {
    for (const { resource, wanted } of applied.filter(({ wanted }) => !isCrd(wanted)).reverse()) {
      await client.delete(resource, keyOf(wanted), { signal }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    }
  };
  const api = createRawApi(connection);
  const stack = new AsyncDisposableStack();
  stack.defer(async () => void (await Promise.all([client.close(), api.close()])));
  stack.defer(remove);
  try {
    for (const wanted of buildOverlay(namespace)) {
      const resource = await client.mapper.resourceFor(gvkOf(wanted), { signal });
      const options = { fieldManager: 'install', force: true, fieldValidation: 'Strict', dryRun: isCrd(wanted), signal } as const;
      applied.push({ ...(await client.apply(resource, wanted, options)), wanted, resource });
    }
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
  return {
    connection,
    client,
    api,
    namespace,
    signal,
    applied,
    find<T extends KubeObject>(kind: string, name: string): T {
      const found = applied.find(({ wanted }) => wanted.kind === kind && wanted.metadata.name === name);
      if (found === undefined) throw new Error(`the overlay has no ${kind}/${name}`);
      return found.object as unknown as T;
    },
    async uninstall() {
      await remove();
      await eventually(() => untilNoNamespace(client, namespace, signal), { timeoutMs: 30_000 });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const namespaces: Resource = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };

async function untilNoNamespace(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  try {
    await client.get(namespaces, { namespace: '', name }, { signal, metadataOnly: true });
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  throw new Error(`namespace ${name} is still there`);
}
