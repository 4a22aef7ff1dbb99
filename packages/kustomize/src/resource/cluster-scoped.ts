import type { GroupVersionKind } from '@gotk/apimachinery';
import { builtinSchemas, builtinScopes } from '../schema/builtin-schemas.ts';
import { keyOfKind, type SchemaSet } from '../schema/schema-set.ts';

/**
 * Whether kustomize leaves objects of this kind without a namespace. Kinds that neither it nor the schemas know are taken for namespaced ones, also newer
 * versions of those that it knows: the API server drops the namespace again.
 */
export function isClusterScoped(gvk: GroupVersionKind, schemas: SchemaSet = builtinSchemas): boolean {
  const kind = keyOfKind(gvk);
  return (builtinScopes.get(kind) ?? schemas.namespaced.get(kind)) === false;
}
