import { gvkOf, type KubeObject } from '@gotk/apimachinery';

/** Identifies an object within a cluster, whatever version it is written in. `namespace` is '' for cluster-scoped objects. */
export interface ObjectId {
  readonly namespace: string;
  readonly name: string;
  readonly group: string;
  readonly kind: string;
}

/** The text is not an object id as inventories hold them. */
export class InvalidObjectId extends Error {
  override readonly name = 'InvalidObjectId';
}

const RBAC_GROUP = 'rbac.authorization.k8s.io';
const RBAC_KINDS: ReadonlySet<string> = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);

export function objectId(object: KubeObject): ObjectId {
  const { group, kind } = gvkOf(object);
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name, group, kind };
}

/** `<namespace>_<name>_<group>_<kind>`: the format of inventories (contract 1.2). Colons, which only RBAC names may hold, are written `__`. */
export function renderObjectId({ namespace, name, group, kind }: ObjectId): string {
  const escaped = group === RBAC_GROUP && RBAC_KINDS.has(kind) ? name.replaceAll(':', '__') : name;
  return `${namespace}_${escaped}_${group}_${kind}`;
}

/** The inverse of `renderObjectId`. Throws `InvalidObjectId`. */
export function parseObjectId(text: string): ObjectId {
  const first = text.indexOf('_');
  const last = text.lastIndexOf('_');
  const beforeLast = text.lastIndexOf('_', last - 1);
  if (first < 0 || beforeLast <= first) throw new InvalidObjectId(`'${text.slice(0, 300)}' is not an object id`);
  const name = text.slice(first + 1, beforeLast).replaceAll('__', ':');
  const kind = text.slice(last + 1);
  if (name === '' || kind === '') throw new InvalidObjectId(`'${text.slice(0, 300)}' is not an object id`);
  return { namespace: text.slice(0, first), name, group: text.slice(beforeLast + 1, last), kind };
}

/** `Kind/namespace/name`, or `Kind/name`: how events and messages name an object. */
export function renderSubject({ kind, namespace, name }: ObjectId): string {
  return namespace === '' ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}
