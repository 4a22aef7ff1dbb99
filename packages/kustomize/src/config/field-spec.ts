import { isMap, type Json, type JsonMap } from '../resource/resource.ts';

/** Where kustomize changes something: a path, and the kinds that have it. */
export interface FieldSpec {
  readonly path: readonly string[];
  readonly create?: boolean;
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
}

/**
 * A field spec of which the path is written as kustomize writes it, with `/` (and `\/` for a slash in a key). Lists on the way are gone through, whether or
 * not the path says `[]`; what it marks so is never created.
 */
export const fieldSpec = (path: string, kinds: Omit<FieldSpec, 'path'> = {}): FieldSpec => ({
  path: (path.match(/(?:\\\/|[^/])+/g) ?? []).map((part) => part.replaceAll('\\/', '/')),
  ...kinds,
});

export const appliesTo = (
  spec: Omit<FieldSpec, 'path'>,
  gvk: { readonly group: string; readonly version: string; readonly kind: string },
): boolean =>
  (spec.group === undefined || spec.group === gvk.group) &&
  (spec.version === undefined || spec.version === gvk.version) &&
  (spec.kind === undefined || spec.kind === gvk.kind);

/** Visits every place that a path leads to; `visit` may change `holder[key]`, which with `create` may not be there yet. */
export function visitPath(
  root: JsonMap,
  { path, create = false }: Pick<FieldSpec, 'path' | 'create'>,
  visit: (holder: JsonMap, key: string) => void,
): void {
  descend(root, path, { create, visit });
}

function descend(
  node: Json | undefined,
  path: readonly string[],
  how: { readonly create: boolean; readonly visit: (holder: JsonMap, key: string) => void },
): void {
  if (Array.isArray(node)) {
    for (const item of node) descend(item, path, how);
    return;
  }
  const [head, ...rest] = path;
  if (!isMap(node) || head === undefined) return;
  const isList = head.endsWith('[]');
  const key = isList ? head.slice(0, -2) : head;
  const isThere = Object.hasOwn(node, key);
  if (rest.length === 0) {
    if (isThere || (how.create && !isList)) how.visit(node, key);
    return;
  }
  if (how.create && !isList && (!isThere || node[key] === null)) node[key] = {};
  if (Object.hasOwn(node, key)) descend(node[key], rest, how);
}
