import { BuildError } from '../build-error.ts';
import { DEFAULT_CONFIG } from '../config/default-config.ts';
import { appliesTo, type FieldSpec, visitPath } from '../config/field-spec.ts';
import { type BuildResource, gvkIn, isMap, type JsonMap, metadataOf, remember, renderObject } from '../resource/resource.ts';

/** Which subjects of role bindings are taken for service accounts of the namespace. */
export type SubjectMode = 'defaultOnly' | 'allServiceAccounts' | 'none';

export interface NamespaceRule {
  readonly namespace: string;
  readonly fields?: readonly FieldSpec[];
  /** Leaves alone what has one. */
  readonly unsetOnly?: boolean;
  readonly subjects?: SubjectMode;
}

/** Puts every namespaced object into a namespace, and tells those that name the namespace of another object. */
export function setNamespace(resources: readonly BuildResource[], rule: NamespaceRule): void {
  if (rule.namespace === '') return;
  for (const resource of resources) {
    remember(resource);
    moveToNamespace(resource, rule);
  }
}

/** The same for one object, which does not remember where it was. */
export function moveToNamespace(
  { object, scopes }: BuildResource,
  { namespace, fields = DEFAULT_CONFIG.namespace, unsetOnly = false, subjects = 'defaultOnly' }: NamespaceRule,
): void {
  const gvk = gvkIn(object);
  const set = (holder: JsonMap, key: string) => {
    const current = holder[key];
    if (isMap(current) || Array.isArray(current)) throw new BuildError(`${renderObject(object)}: the namespace in '${key}' is not text`);
    if (!unsetOnly || (current ?? '') === '') holder[key] = namespace;
  };
  if (!scopes.isClusterScoped(gvk)) set(metadataOf(object), 'namespace');
  const isBinding = gvk.kind === 'RoleBinding' || gvk.kind === 'ClusterRoleBinding';
  if (isBinding) setInSubjects(object, subjects, set);
  for (const spec of fields) {
    const path = spec.path.join('/');
    // These two are seen to above; and only a Namespace itself is called as its namespace.
    if (path === 'metadata/namespace' || (path === 'metadata/name' && object.apiVersion !== 'v1')) continue;
    if (isBinding && path === 'subjects/namespace') continue;
    if (appliesTo(spec, gvk)) visitPath(object, spec, set);
  }
}

// Only what is called `default` is surely the service account of this namespace; others are followed by their names.
function setInSubjects({ subjects }: JsonMap, mode: SubjectMode, set: (holder: JsonMap, key: string) => void): void {
  for (const subject of Array.isArray(subjects) ? subjects : []) {
    if (!isMap(subject)) continue;
    const isMeant =
      mode === 'allServiceAccounts' ? subject.kind === 'ServiceAccount' : mode === 'defaultOnly' && subject.name === 'default';
    if (isMeant) set(subject, 'namespace');
  }
}
