import type { Resource, Unstructured } from '@gotk/apimachinery';

export const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** As it is in a source. JSON is YAML. */
export const configMap = (name: string, content = 'first'): string =>
  `${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { content } })}\n`;

export const contentOf = (object: Unstructured | undefined): string | undefined =>
  (object as { readonly data?: { readonly content?: string } } | undefined)?.data?.content;
