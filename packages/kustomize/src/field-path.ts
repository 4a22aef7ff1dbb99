import { isMap, type Json, type JsonMap } from './resource.ts';

/**
 * Visits every value at a path such as `spec/template/spec/volumes[]/configMap/name`. `visit` may change `holder[key]`. With `create`, missing maps on the
 * way are made, and the last field may be missing; `[]` never creates.
 */
export function visitPath(
  root: JsonMap,
  path: string,
  { create, visit }: { readonly create: boolean; readonly visit: (holder: JsonMap, key: string) => void },
): void {
  const [head = '', ...rest] = path.split('/');
  const isList = head.endsWith('[]');
  const key = isList ? head.slice(0, -2) : head;
  if (rest.length === 0 && !isList) {
    if (create || Object.hasOwn(root, key)) visit(root, key);
    return;
  }
  if (create && !isList && root[key] === undefined) root[key] = {};
  const value: Json | undefined = Object.hasOwn(root, key) ? root[key] : undefined;
  for (const next of isList ? (Array.isArray(value) ? value : []) : [value]) {
    if (isMap(next)) visitPath(next, rest.join('/'), { create, visit });
  }
}

export interface FieldSpec {
  readonly path: string;
  readonly create?: boolean;
  readonly group?: string;
  readonly kind?: string;
}

export const appliesTo = ({ group, kind }: FieldSpec, gvk: { readonly group: string; readonly kind: string }): boolean =>
  (group === undefined || group === gvk.group) && (kind === undefined || kind === gvk.kind);
