import { isClusterScoped } from '../cluster-scoped.ts';
import { visitPath } from '../field-path.ts';
import { type BuildResource, idOf, isMap, metadataOf, remember } from '../resource.ts';

/** Puts every namespaced object into a namespace, and tells those that name the namespace of another object. */
export function setNamespace(resources: readonly BuildResource[], namespace: string | undefined): void {
  if (namespace === undefined || namespace === '') return;
  for (const resource of resources) {
    const { object } = resource;
    const { gvk } = idOf(object);
    remember(resource);
    if (gvk.kind === 'Namespace' && gvk.group === '') metadataOf(object).name = namespace;
    else if (!isClusterScoped(gvk)) metadataOf(object).namespace = namespace;
    const set = (holder: Record<string, unknown>, key: string) => {
      holder[key] = namespace;
    };
    if (gvk.kind === 'APIService')
      visitPath(object, 'spec/service/namespace', { create: isMap(isMap(object.spec) ? object.spec.service : undefined), visit: set });
    if (gvk.kind === 'CustomResourceDefinition')
      visitPath(object, 'spec/conversion/webhook/clientConfig/service/namespace', { create: false, visit: set });
    if (gvk.kind !== 'RoleBinding' && gvk.kind !== 'ClusterRoleBinding') continue;
    // Only the service account `default` is surely the one of this namespace; others are followed by their names.
    for (const subject of Array.isArray(object.subjects) ? object.subjects : []) {
      if (isMap(subject) && subject.kind === 'ServiceAccount' && subject.name === 'default') subject.namespace = namespace;
    }
  }
}
