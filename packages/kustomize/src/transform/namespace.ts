import { appliesTo, fieldSpec, visitPath } from '../config/field-spec.ts';
import { isClusterScoped } from '../resource/cluster-scoped.ts';
import { type BuildResource, idOf, isMap, type JsonMap, metadataOf, remember } from '../resource/resource.ts';

const FIELDS = [
  fieldSpec('metadata/name', { kind: 'Namespace', group: '', version: 'v1', create: true }),
  fieldSpec('spec/service/namespace', { kind: 'APIService', group: 'apiregistration.k8s.io', create: true }),
  fieldSpec('spec/conversion/webhook/clientConfig/service/namespace', { kind: 'CustomResourceDefinition', group: 'apiextensions.k8s.io' }),
];

/** Puts every namespaced object into a namespace, and tells those that name the namespace of another object. */
export function setNamespace(resources: readonly BuildResource[], namespace: string | undefined): void {
  if (namespace === undefined || namespace === '') return;
  for (const resource of resources) {
    const { object } = resource;
    const { gvk } = idOf(object);
    remember(resource);
    if (!isClusterScoped(gvk)) metadataOf(object).namespace = namespace;
    if (gvk.kind === 'RoleBinding' || gvk.kind === 'ClusterRoleBinding') setInSubjects(object, namespace);
    for (const spec of FIELDS) {
      if (!appliesTo(spec, gvk)) continue;
      visitPath(object, spec, (holder, key) => {
        holder[key] = namespace;
      });
    }
  }
}

// Only what is called `default` is surely the service account of this namespace; others are followed by their names.
function setInSubjects({ subjects }: JsonMap, namespace: string): void {
  for (const subject of Array.isArray(subjects) ? subjects : []) {
    if (isMap(subject) && subject.name === 'default') subject.namespace = namespace;
  }
}
