import { randomBytes } from 'node:crypto';
import type { KubeObject, Resource } from '@gotk/apimachinery';
import { createKubeClient, isNotFound, type KubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { expect, inject } from 'vitest';
import type { Widget } from './widget.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly kubeconfigPath: string;
  }
}

interface CustomResourceDefinition extends KubeObject {
  readonly spec: unknown;
}

const namespaces: Resource<KubeObject> = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
const definitions: Resource<CustomResourceDefinition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

/** The real API server, with a namespace and a kind of the test's own, which no controller but the test's acts on. */
export interface Cluster extends AsyncDisposable {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly widgets: Resource<Widget>;
  readonly signal: AbortSignal;
  createWidget(name: string): Promise<Widget>;
  widget(name: string): Promise<Widget | undefined>;
}

export async function cluster(): Promise<Cluster> {
  const connection = await loadConnection({ kubeconfigPath: inject('kubeconfigPath') });
  const client = createKubeClient({ connection, userAgent: 'runtime-test/1', qps: 1_000, burst: 1_000 });
  const signal = AbortSignal.timeout(50_000);
  const namespace = `t-${randomBytes(4).toString('hex')}`;
  const group = `${namespace}.example.dev`;
  const widgets: Resource<Widget> = { group, version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, { signal });
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: anything, status: anything } } };
  const version = { name: 'v1', served: true, storage: true, schema, subresources: { status: {} } };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: { group, scope: 'Namespaced', names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets' }, versions: [version] },
  };
  await client.create(definitions, definition, { signal });
  await expect.poll(() => client.list(widgets, { namespace, signal }).then(() => 'served', String), { timeout: 10_000 }).toBe('served');

  return {
    client,
    namespace,
    widgets,
    signal,
    createWidget: (name) =>
      client.create(widgets, { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name, namespace }, spec: { size: 1 } }, { signal }),
    widget: (name) =>
      client.get(widgets, { namespace, name }, { signal }).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      }),
    async [Symbol.asyncDispose]() {
      const clearing = AbortSignal.timeout(20_000);
      const { items } = await client.list(widgets, { namespace, signal: clearing });
      for (const { metadata } of items) {
        const patch = { type: 'merge', body: { metadata: { finalizers: null } } } as const;
        await client.patch(widgets, { key: { namespace, name: metadata.name }, patch }, { signal: clearing });
      }
      await client.delete(definitions, { namespace: '', name: definition.metadata.name }, { signal: clearing });
      await client.delete(namespaces, { namespace: '', name: namespace }, { signal: clearing });
      await client.close();
    },
  };
}
