import { BuildError } from '../build-error.ts';
import { idOf, isMap, type Json, type JsonMap } from '../resource/resource.ts';
import { type MergeShape, mergeShapeOf } from './merge-keys.ts';
import { mergeLists } from './merge-list.ts';

const REFUSED = ['$setElementOrder', '$retainKeys', '$deleteFromPrimitiveList'] as const;

/** Merges a strategic merge patch into an object; undefined when the patch deletes it. Neither argument is changed. `at` is for messages. */
export function strategicMerge(target: JsonMap, patch: JsonMap, at: string): JsonMap | undefined {
  const merged = merge(target, patch, { shape: mergeShapeOf(idOf(target).gvk), at, path: '' });
  return isMap(merged) ? merged : undefined;
}

interface Context {
  readonly shape: MergeShape | undefined;
  readonly at: string;
  readonly path: string;
}

/** Undefined: the value is gone. */
function merge(current: Json | undefined, patch: Json | undefined, context: Context): Json | undefined {
  if (patch === null) return undefined;
  const [mine, theirs] = [
    current === undefined || current === null ? undefined : kindOf(current),
    patch === undefined ? undefined : kindOf(patch),
  ];
  if (mine !== undefined && theirs !== undefined && mine !== theirs)
    throw new BuildError(`${context.at}: ${context.path} is a ${theirs} in the patch, and a ${mine} in what it patches`);
  switch (mine ?? theirs) {
    case 'map':
      return mergeMaps(isMap(current) ? current : undefined, isMap(patch) ? patch : undefined, context);
    case 'list':
      return mergeListField(Array.isArray(current) ? current : undefined, Array.isArray(patch) ? patch : undefined, context);
    default:
      return patch === undefined ? current : patch;
  }
}

const kindOf = (value: Json): 'map' | 'list' | 'value' => (Array.isArray(value) ? 'list' : isMap(value) ? 'map' : 'value');

function mergeMaps(current: JsonMap | undefined, patch: JsonMap | undefined, context: Context): JsonMap | undefined {
  const directive = patch === undefined ? 'merge' : directiveOf(patch, context);
  if (directive === 'delete') return undefined;
  const changes = patch === undefined ? {} : without(patch, '$patch');
  const base = directive === 'replace' || current === undefined ? {} : current;
  const merged = new Map<string, Json>();
  for (const field of new Set([...Object.keys(base), ...Object.keys(changes)])) {
    if (REFUSED.some((refused) => field.startsWith(refused)))
      throw new BuildError(`${context.at}: patch directive '${field}' is not supported yet`);
    const value = merge(own(base, field), own(changes, field), {
      ...context,
      shape: own(context.shape?.fields ?? {}, field),
      path: `${context.path}/${field}`,
    });
    if (value !== undefined) merged.set(field, value);
  }
  return Object.fromEntries(merged);
}

function mergeListField(current: Json[] | undefined, patch: Json[] | undefined, context: Context): Json[] | undefined {
  const keys = context.shape?.keys;
  // A patch may be for many objects: each gets a list of its own, as the build goes on changing them in place.
  if (keys === undefined) return patch === undefined ? current : structuredClone(patch);
  if (keys.length === 0) return [...new Set([...(patch ?? []), ...(current ?? [])])];
  const marker = patch?.find((item): item is JsonMap => isMap(item) && item.$patch !== undefined);
  const isForList = marker !== undefined && Object.keys(marker).length === 1;
  const directive = isForList ? directiveOf(marker, context) : 'merge';
  if (directive === 'delete') return undefined;
  const items = isForList ? (patch ?? []).filter((item) => item !== marker) : (patch ?? []);
  const itemShape: MergeShape = { fields: context.shape?.fields ?? {} };
  return mergeLists(directive === 'replace' ? undefined : current, items, {
    keys,
    mergeItem: (mine, theirs) => merge(mine, theirs, { ...context, shape: itemShape }),
  });
}

const own = <Value>(map: Readonly<Record<string, Value>>, field: string): Value | undefined =>
  Object.hasOwn(map, field) ? map[field] : undefined;

function directiveOf(patch: JsonMap, { at }: { readonly at: string }): 'merge' | 'replace' | 'delete' {
  switch (patch.$patch) {
    case undefined:
    case 'merge':
      return 'merge';
    case 'replace':
      return 'replace';
    case 'delete':
      return 'delete';
    default:
      throw new BuildError(`${at}: '${String(patch.$patch)}' is not a patch directive: use merge, replace or delete`);
  }
}

const without = (map: JsonMap, field: string): JsonMap =>
  Object.hasOwn(map, field) ? Object.fromEntries(Object.entries(map).filter(([key]) => key !== field)) : map;
