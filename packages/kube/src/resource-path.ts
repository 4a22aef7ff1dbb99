import type { KubeObject, ObjectKey, Resource } from '@gotk/apimachinery';
import { renderApiVersion } from '@gotk/apimachinery';

/** The collection's path: `/api/v1/namespaces/x/configmaps`, `/apis/apps/v1/deployments`. */
export function collectionPath(resource: Resource<KubeObject>, namespace: string | undefined): string {
  const prefix = resource.group === '' ? '/api' : '/apis';
  const scope = resource.namespaced && namespace !== undefined && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${prefix}/${renderApiVersion(resource)}${scope}/${resource.plural}`;
}

export function objectPath(resource: Resource<KubeObject>, key: ObjectKey, subresource?: string): string {
  const path = `${collectionPath(resource, key.namespace)}/${encodeURIComponent(key.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}
