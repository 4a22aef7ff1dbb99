import type { ObjectMeta, Unstructured } from '@gotk/apimachinery';

/** On whose behalf objects are applied. It shows in two labels of each of them. */
export interface Owner {
  readonly namespace: string;
  readonly name: string;
}

/** The labels and annotations of one kind of owner, all in its API group; both must equal upstream's, so that live objects are taken over as they are. */
export interface OwnerPolicy {
  /** Such as `kustomize.toolkit.fluxcd.io`. */
  readonly group: string;
  /** Such as `kustomize-controller`. */
  readonly fieldManager: string;
}

export const nameLabel = ({ group }: OwnerPolicy): string => `${group}/name`;
export const namespaceLabel = ({ group }: OwnerPolicy): string => `${group}/namespace`;

export const renderOwner = ({ namespace, name }: Owner): string => `${namespace}/${name}`;

/** Who the labels say it belongs to; undefined when they do not say. */
export function ownerOf(metadata: Pick<ObjectMeta, 'labels'>, policy: OwnerPolicy): Owner | undefined {
  const [name, namespace] = [metadata.labels?.[nameLabel(policy)], metadata.labels?.[namespaceLabel(policy)]];
  return name === undefined || namespace === undefined ? undefined : { namespace, name };
}

export const isOwnedBy = (metadata: Pick<ObjectMeta, 'labels'>, owner: Owner, policy: OwnerPolicy): boolean => {
  const found = ownerOf(metadata, policy);
  return found !== undefined && found.name === owner.name && found.namespace === owner.namespace;
};

/** What Flux 1 and kubectl left behind: they would make two tools believe that they own the object (contract 0.1). */
export const LEGACY_ANNOTATIONS: ReadonlySet<string> = new Set([
  'kustomize.toolkit.fluxcd.io/checksum',
  'fluxcd.io/sync-checksum',
  'kubectl.kubernetes.io/last-applied-configuration',
]);
export const LEGACY_LABELS: ReadonlySet<string> = new Set(['fluxcd.io/sync-gc-mark']);

/** The object as it is applied: with its owner's labels, without status, server-set metadata and legacy marks. */
export function claimed(object: Unstructured, owner: Owner, policy: OwnerPolicy): Unstructured {
  const { status: _status, ...rest } = object;
  const {
    creationTimestamp: _created,
    managedFields: _fields,
    resourceVersion: _version,
    uid: _uid,
    generation: _generation,
    ...metadata
  } = object.metadata;
  const annotations = without(metadata.annotations, LEGACY_ANNOTATIONS);
  return {
    ...rest,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      ...metadata,
      labels: { ...without(metadata.labels, LEGACY_LABELS), [nameLabel(policy)]: owner.name, [namespaceLabel(policy)]: owner.namespace },
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
}

function without(
  map: Readonly<Record<string, string>> | undefined,
  names: ReadonlySet<string>,
): Readonly<Record<string, string>> | undefined {
  return map === undefined ? undefined : Object.fromEntries(Object.entries(map).filter(([name]) => !names.has(name)));
}
