import type { GroupVersionKind } from '@gotk/apimachinery';
import { builtinSchemas, builtinScopes } from '../schema/builtin-schemas.ts';
import { keyOfKind, type SchemaSet } from '../schema/schema-set.ts';

/** Who can tell which kinds have no namespace. */
export interface Scopes {
  isClusterScoped(gvk: GroupVersionKind): boolean;
}

// This is asked again and again of every object, and most are of no such kind.
const BUILTIN_NAMES = new Set(
  [...builtinScopes].filter(([, isNamespaced]) => !isNamespaced).map(([kind]) => kind.slice(kind.indexOf(' ') + 1)),
);

/**
 * Whether kustomize leaves objects of this kind without a namespace. Kinds that neither it nor the schemas know are taken for namespaced ones, also newer
 * versions of those that it knows: the API server drops the namespace again.
 */
export function isClusterScoped(gvk: GroupVersionKind, schemas: SchemaSet = builtinSchemas): boolean {
  if (schemas === builtinSchemas && !BUILTIN_NAMES.has(gvk.kind)) return false;
  const kind = keyOfKind(gvk);
  return (builtinScopes.get(kind) ?? schemas.namespaced.get(kind)) === false;
}

/** What every kustomize knows, whatever schemas a build has chosen. */
export const BUILTIN_SCOPES: Scopes = { isClusterScoped: (gvk) => isClusterScoped(gvk) };
