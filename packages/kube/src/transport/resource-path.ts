import { type GroupVersionKind, type KubeObject, type ObjectKey, type Resource, renderKey } from '@gotk/apimachinery';
import { InvalidName } from '../errors.ts';

/** Where the versions of a group are listed: `/api`, `/apis/apps`. Throws `InvalidName`. */
export const groupPath = (group: string): string => (group === '' ? '/api' : `/apis/${segment(group, 'group')}`);

/** Where a group version is served: `/api/v1`, `/apis/apps/v1`. Throws `InvalidName`. */
export function groupVersionPath({ group, version }: Pick<GroupVersionKind, 'group' | 'version'>): string {
  return `${groupPath(group)}/${segment(version, 'version')}`;
}

/** The collection's path: `/api/v1/namespaces/x/configmaps`, `/apis/apps/v1/deployments`. Throws `InvalidName`. */
export function collectionPath(resource: Resource<KubeObject>, namespace: string | undefined): string {
  const scope = resource.namespaced && namespace !== undefined && namespace !== '' ? `/namespaces/${segment(namespace, 'namespace')}` : '';
  return `${groupVersionPath(resource)}${scope}/${segment(resource.plural, 'resource')}`;
}

/**
 * One object's path. Throws `InvalidName`, also for an object without a name and for a namespaced one without a namespace:
 * the same path without them is the collection's, and a DELETE on it deletes everything there is.
 */
export function objectPath(resource: Resource<KubeObject>, key: ObjectKey, subresource?: string): string {
  if (resource.namespaced && key.namespace === '') throw new InvalidName(`${resource.kind} '${renderKey(key)}' has no namespace`);
  const path = `${collectionPath(resource, key.namespace)}/${segment(key.name, 'name')}`;
  return subresource === undefined ? path : `${path}/${segment(subresource, 'subresource')}`;
}

/** The rule is the API server's own for names in paths: anything but '', '.', '..', and no slash or percent sign; half a character has no escape. */
function segment(text: string, what: string): string {
  if (text === '' || text === '.' || text === '..' || /[/%]/.test(text) || !text.isWellFormed())
    throw new InvalidName(`'${text.slice(0, 100)}' cannot be the ${what} of an object`);
  return encodeURIComponent(text);
}
