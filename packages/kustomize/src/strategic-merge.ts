import { BuildError } from './build-error.ts';
import { isMap, type Json, type JsonMap } from './resource.ts';

/**
 * By which field the items of a list are told apart, for the built-in kinds: the patch merge keys of the Kubernetes API. A list that is not here is
 * replaced whole. `parent` tells apart lists of one name.
 */
function mergeKeysOf(field: string, parent: string): readonly string[] | undefined {
  switch (field) {
    case 'ports':
      return parent === 'spec' ? ['port', 'protocol'] : ['containerPort', 'protocol'];
    case 'containers':
    case 'initContainers':
    case 'ephemeralContainers':
    case 'env':
    case 'volumes':
    case 'imagePullSecrets':
    case 'secrets':
    case 'webhooks':
    case 'resourceClaims':
      return ['name'];
    case 'volumeMounts':
      return ['mountPath'];
    case 'volumeDevices':
      return ['devicePath'];
    case 'hostAliases':
      return ['ip'];
    case 'topologySpreadConstraints':
      return ['topologyKey', 'whenUnsatisfiable'];
    case 'conditions':
      return ['type'];
    case 'ownerReferences':
      return ['uid'];
    default:
      return undefined;
  }
}

/** Lists of plain values that a patch adds to rather than replaces. */
const SETS = new Set(['finalizers']);

const REFUSED = ['$setElementOrder', '$retainKeys', '$deleteFromPrimitiveList'] as const;

export interface MergeOptions {
  /** Whether the kind is a built-in one, whose lists have merge keys; those of custom resources are replaced whole. */
  readonly builtIn: boolean;
  /** For messages. */
  readonly at: string;
}

/** Merges a strategic merge patch into an object; undefined when the patch deletes it. Neither argument is changed. */
export function strategicMerge(target: JsonMap, patch: JsonMap, options: MergeOptions): JsonMap | undefined {
  const directive = directiveOf(patch, options);
  if (directive === 'delete') return undefined;
  const rest = without(patch, '$patch');
  return directive === 'replace' ? { ...rest } : mergeMaps(target, rest, { ...options, parent: '' });
}

type Context = MergeOptions & { readonly parent: string };

function mergeMaps(target: JsonMap, patch: JsonMap, context: Context): JsonMap {
  const merged = new Map<string, Json>(Object.entries(target));
  for (const [field, value] of Object.entries(patch)) {
    if (REFUSED.some((directive) => field.startsWith(directive)))
      throw new BuildError(`${context.at}: patch directive '${field}' is not supported yet`);
    if (value === null) {
      merged.delete(field);
      continue;
    }
    const next = mergeValue(merged.get(field), value, { ...context, field });
    if (next === undefined) merged.delete(field);
    else merged.set(field, next);
  }
  return Object.fromEntries(merged);
}

function mergeValue(current: Json | undefined, value: Json, { field, ...context }: Context & { readonly field: string }): Json | undefined {
  if (isMap(value)) {
    const directive = directiveOf(value, context);
    const rest = without(value, '$patch');
    if (directive === 'delete') return undefined;
    return mergeMaps(directive === 'replace' || !isMap(current) ? {} : current, rest, { ...context, parent: field });
  }
  if (!Array.isArray(value)) return value;
  if (SETS.has(field) && Array.isArray(current)) return [...new Set([...current, ...value])];
  const keys = context.builtIn ? mergeKeysOf(field, context.parent) : undefined;
  return keys === undefined || !value.every(isMap)
    ? value
    : mergeList(Array.isArray(current) ? current : [], value, { ...context, keys, parent: field });
}

// The patch's items come first, in its order: that is how kustomize merges, and what a reader of its output expects.
function mergeList(
  current: readonly Json[],
  patch: readonly JsonMap[],
  { keys, ...context }: Context & { readonly keys: readonly string[] },
): Json[] {
  if (patch.some((item) => item.$patch === 'replace')) return patch.filter((item) => item.$patch === undefined);
  const open = [...current];
  const first: Json[] = [];
  for (const item of patch) {
    const at = open.findIndex((other) => isMap(other) && matches(other, item, keys));
    const found = at < 0 ? undefined : open[at];
    if (at >= 0) open.splice(at, 1);
    if (directiveOf(item, context) === 'delete') continue;
    first.push(isMap(found) ? mergeMaps(found, without(item, '$patch'), context) : mergeMaps({}, without(item, '$patch'), context));
  }
  return [...first, ...open];
}

// Only the keys that the patch mentions have to agree: `protocol` is mostly left to its default.
const matches = (item: JsonMap, patch: JsonMap, keys: readonly string[]): boolean =>
  keys.some((key) => patch[key] !== undefined) &&
  keys.every((key) => patch[key] === undefined || item[key] === undefined || item[key] === patch[key]);

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
