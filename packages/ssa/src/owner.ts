import type { KubeObject } from '@gotk/apimachinery';

/** Who applies: the group of its owner labels and its name in managedFields. Both must equal upstream's, so that live objects are taken over as they are. */
export interface Applier {
  /** Such as `kustomize.toolkit.fluxcd.io`. */
  readonly group: string;
  /** Such as `kustomize-controller`. */
  readonly fieldManager: string;
}

/** The object on whose behalf others are applied. */
export interface Owner {
  readonly namespace: string;
  readonly name: string;
}

export const sameOwner = (a: Owner | undefined, b: Owner | undefined): boolean => a?.name === b?.name && a?.namespace === b?.namespace;

export const ownerText = ({ namespace, name }: Owner): string => `${namespace}/${name}`;

/** The labels that every object applied on behalf of `owner` carries. */
export function ownerLabels({ group }: Applier, { name, namespace }: Owner): Readonly<Record<string, string>> {
  return { [`${group}/name`]: name, [`${group}/namespace`]: namespace };
}

/** Selects objects of any owner. */
export const ownedSelector = ({ group }: Applier): string => `${group}/name`;

/** The owner that an object's labels name; undefined when it has none. */
export function ownerOf({ group }: Applier, { metadata }: KubeObject): Owner | undefined {
  const [name, namespace] = [metadata.labels?.[`${group}/name`], metadata.labels?.[`${group}/namespace`]];
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}
