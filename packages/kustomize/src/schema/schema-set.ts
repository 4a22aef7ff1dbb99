import { type GroupVersionKind, isRecord, pointerTokens, renderApiVersion } from '@gotk/apimachinery';
import { BuildError } from '../build-error.ts';

/** A schema object of an OpenAPI 2 document. Only the keywords that merging asks about are ever read. */
export type Schema = Readonly<Record<string, unknown>>;

/** What a build knows about kinds: how their lists are merged, and whether they have a namespace. An immutable value. */
export interface SchemaSet {
  /** By name: what a `$ref` leads to. */
  readonly definitions: ReadonlyMap<string, Schema>;
  /** By `keyOfKind`. */
  readonly kinds: ReadonlyMap<string, Schema>;
  /** By `keyOfKind`: whether the kind has a namespace. Unknown kinds are taken for namespaced ones. */
  readonly namespaced: ReadonlyMap<string, boolean>;
}

/** References in a row; more are a circle. */
const MAX_REFERENCES = 100;

export const keyOfKind = (gvk: GroupVersionKind): string => kindKey(renderApiVersion(gvk), gvk.kind);
export const kindKey = (apiVersion: string, kind: string): string => `${apiVersion} ${kind}`;

/**
 * Two sets as one, as kustomize adds a document to those that it has read: kinds and definitions of the second replace those of the first, also where
 * the first refers to them. A kind has a namespace when either says so.
 */
export function layered(first: SchemaSet, second: SchemaSet): SchemaSet {
  const namespaced = new Map(first.namespaced);
  for (const [kind, isNamespaced] of second.namespaced) namespaced.set(kind, isNamespaced || namespaced.get(kind) === true);
  return {
    definitions: new Map([...first.definitions, ...second.definitions]),
    kinds: new Map([...first.kinds, ...second.kinds]),
    namespaced,
  };
}

/** The schema of a field of a map, or of any of its values. Undefined when there is none: then the value may say itself what kind it is. */
export function fieldSchema(schemas: SchemaSet, schema: Schema, field: string): Schema | undefined {
  const properties = own(schema, 'properties');
  const property = isRecord(properties) ? own(properties, field) : undefined;
  const found = property ?? own(schema, 'additionalProperties');
  return isRecord(found) ? resolved(schemas, found) : undefined;
}

/** The schema of the items of a list. */
export function itemSchema(schemas: SchemaSet, schema: Schema): Schema | undefined {
  const { type } = schema;
  const items = own(schema, 'items');
  const isList = type === 'array' || (Array.isArray(type) && type.length === 1 && type[0] === 'array');
  return isList && isRecord(items) ? resolved(schemas, items) : undefined;
}

/** The fields by which the items of a list are told apart; none: a list of plain values that a patch adds to. Undefined: a patch replaces it whole. */
export function mergeKeys(schema: Schema): readonly string[] | undefined {
  const strategy = own(schema, 'x-kubernetes-patch-strategy');
  if (typeof strategy !== 'string' || !strategy.split(',').includes('merge')) return undefined;
  const several = own(schema, 'x-kubernetes-list-map-keys');
  if (Array.isArray(several)) return several.filter((key) => typeof key === 'string');
  const one = own(schema, 'x-kubernetes-patch-merge-key');
  return typeof one === 'string' ? [one] : [];
}

const own = (map: Schema, key: string): unknown => (Object.hasOwn(map, key) ? map[key] : undefined);

function resolved(schemas: SchemaSet, schema: Schema): Schema | undefined {
  let current: unknown = schema;
  for (let step = 0; step < MAX_REFERENCES; step++) {
    if (!isRecord(current)) return undefined;
    const reference = own(current, '$ref');
    if (typeof reference !== 'string' || reference === '') return current;
    current = lookUp(schemas, reference);
  }
  throw new BuildError(`openapi: '${String(schema.$ref)}' refers to itself`);
}

/** What a reference points to: definitions and their parts, all in the one document that kustomize makes of those that it reads. */
function lookUp({ definitions }: SchemaSet, reference: string): unknown {
  const [first, name, ...parts] = pointerTokens(reference.slice(reference.indexOf('#') + 1));
  if (first !== 'definitions' || name === undefined) return undefined;
  return parts.reduce<unknown>((at, part) => (isRecord(at) ? own(at, part) : undefined), definitions.get(name));
}
