import { randomBytes } from 'node:crypto';
import type { KubeObject, Resource } from '@gotk/apimachinery';
import { expect, inject } from 'vitest';
import type { KubeClient } from '../src/client.ts';
import { createKubeClient } from '../src/kube-client.ts';
import { loadConnection } from '../src/kubeconfig/kubeconfig.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly kubeconfigPath: string;
  }
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export const configMaps: Resource<ConfigMap> = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const namespaces: Resource<KubeObject> = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };

/** A client of the real API server, and a namespace of the test's own. */
export interface Cluster extends AsyncDisposable {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly signal: AbortSignal;
  configMap(name: string, data?: ConfigMap['data'], labels?: Readonly<Record<string, string>>): ConfigMap;
}

export async function cluster(): Promise<Cluster> {
  const connection = await loadConnection({ kubeconfigPath: inject('kubeconfigPath') });
  const client = createKubeClient({ connection, userAgent: 'kube-test/1', qps: 1_000, burst: 1_000 });
  const signal = AbortSignal.timeout(50_000);
  const namespace = `t-${randomBytes(4).toString('hex')}`;
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, { signal });
  return {
    client,
    namespace,
    signal,
    configMap: (name, data = {}, labels?: Readonly<Record<string, string>>) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace, ...(labels === undefined ? {} : { labels }) },
      data,
    }),
    async [Symbol.asyncDispose]() {
      await client.delete(namespaces, { namespace: '', name: namespace }, { signal: AbortSignal.timeout(10_000) });
      await client.close();
    },
  };
}

export const definitions: Resource<CustomResourceDefinition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

interface CustomResourceDefinition extends KubeObject {
  readonly spec: unknown;
}

export interface CustomKind extends AsyncDisposable {
  readonly resource: Resource<ConfigMap>;
  object(name: string, data?: ConfigMap['data']): ConfigMap;
}

/** A kind of the test's own, which looks like a ConfigMap. The server's memory of it begins now. */
export async function customKind({ client, namespace, signal }: Cluster): Promise<CustomKind> {
  const group = `${namespace}.example.dev`;
  const resource: Resource<ConfigMap> = { group, version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };
  const properties = { data: { type: 'object', additionalProperties: { type: 'string' } } };
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties } } };
  const spec = { group, scope: 'Namespaced', names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets' }, versions: [version] };
  const name = `widgets.${group}`;
  await client.create(
    definitions,
    { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name }, spec },
    { signal },
  );
  await expect.poll(() => client.list(resource, { namespace, signal }).then(() => 'served', String), { timeout: 10_000 }).toBe('served');
  return {
    resource,
    object: (widget, data = {}) => ({ apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: widget, namespace }, data }),
    async [Symbol.asyncDispose]() {
      await client.delete(definitions, { namespace: '', name }, { signal: AbortSignal.timeout(10_000) });
    },
  };
}
