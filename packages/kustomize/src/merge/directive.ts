import { BuildError } from '../build-error.ts';
import { isMap, type Json, type JsonMap } from '../resource/resource.ts';

/** What a `$patch` field asks for. */
export type Directive = 'merge' | 'replace' | 'delete';

/**
 * The directive of a map; undefined when it has none. Throws `BuildError` for one that nobody knows, unless `lenient`: then it is a field like any other.
 * The other directives of kubectl (`$setElementOrder`, `$retainKeys`, `$deleteFromPrimitiveList`) are fields like any other to kustomize.
 */
export function directiveOf(patch: JsonMap, at: string, mode: 'strict' | 'lenient' = 'strict'): Directive | undefined {
  if (!Object.hasOwn(patch, '$patch')) return undefined;
  const { $patch: directive } = patch;
  if (directive === 'merge' || directive === 'replace' || directive === 'delete') return directive;
  if (mode === 'lenient') return undefined;
  throw new BuildError(`${at}: '${String(directive)}' is not a patch directive: use merge, replace or delete`);
}

export const withoutDirective = (patch: JsonMap): JsonMap =>
  Object.fromEntries(Object.entries(patch).filter(([field]) => field !== '$patch'));

/** The directive for a whole list, which is an item with nothing else, and the list without it. Only the first item with a directive can be that. */
export function listDirectiveOf(patch: Json[], at: string): { readonly directive?: Directive; readonly items: Json[] } {
  const marker = patch.find((item): item is JsonMap => isMap(item) && Object.hasOwn(item, '$patch'));
  if (marker === undefined || Object.keys(marker).length > 1) return { items: patch };
  const directive = directiveOf(marker, at);
  if (directive === undefined) return { items: patch };
  const isLeft = (item: Json) => item !== null && !(isMap(item) && (Object.keys(item).length === 0 || item.$patch === directive));
  return { directive, items: patch.filter(isLeft) };
}
