import { definitions, renderCrd } from '@gotk/api';
import type { Resource, Unstructured } from '@gotk/apimachinery';
import type { KubeClient } from '@gotk/kube';
import { eventually } from './eventually.ts';

export const customResourceDefinitions: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

const namespaces: Resource = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };

export async function ensureNamespace(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const namespace: Unstructured = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await client.apply(namespaces, namespace, { fieldManager: 'install', force: true, signal });
}

/** On a machine with nothing else to do it takes a second or two. */
const SERVED_WITHIN_MS = 30_000;

/** Installs every kind of the toolkit and resolves when the API server serves them. */
export async function installCrds(client: KubeClient, signal: AbortSignal): Promise<void> {
  for (const definition of definitions)
    await client.apply(customResourceDefinitions, renderCrd(definition) as Unstructured, { fieldManager: 'install', force: true, signal });
  await eventually(() => Promise.all(definitions.map(({ resource }) => client.list(resource, { signal, limit: 1 }))), {
    timeoutMs: SERVED_WITHIN_MS,
  });
}
