import { BuildError } from '../build-error.ts';
import { copyOf, isMap, type Json, type JsonMap } from '../resource/resource.ts';
import { fieldSchema, itemSchema, kindKey, mergeKeys, type Schema, type SchemaSet } from '../schema/schema-set.ts';
import { readYaml } from '../tree/documents.ts';
import type { BlankFields } from './blank-fields.ts';
import { directiveOf, listDirectiveOf, withoutDirective } from './directive.ts';
import { mergeLists } from './merge-list.ts';
import { mergeValues } from './merge-values.ts';

/** What a merge goes by, and where the patch stands, for messages. */
export interface MergeOptions {
  readonly schemas: SchemaSet;
  readonly at: string;
  /** Fields of the target that go wherever the merge comes by. */
  readonly blanks?: BlankFields | undefined;
}

/**
 * Merges a strategic merge patch into an object; undefined when the patch deletes it. Neither argument is changed. The result shares with the target what
 * the patch leaves alone, and nothing with the patch. Throws `BuildError` where a patch has a map for a list, or a directive that nobody knows.
 */
export function strategicMerge(target: JsonMap, patch: JsonMap, options: MergeOptions): JsonMap | undefined {
  const merged = merge(target, patch, { ...options, schema: undefined, path: '' });
  // What kustomize makes of such a patch it drops again: the object stays.
  if (directiveOf(patch, options.at) === 'replace') return target;
  return isMap(merged) ? merged : undefined;
}

interface Context extends MergeOptions {
  readonly schema: Schema | undefined;
  readonly path: string;
}

/**
 * Undefined: the value is gone. A patch that is the value itself says that the value is new: its directives and nulls are for nothing that was there, and
 * have to go.
 */
function merge(current: Json | undefined, patch: Json | undefined, context: Context): Json | undefined {
  if (patch === null) return undefined;
  if (patch === undefined && (current === undefined || current === null)) return current;
  const mine = current === undefined || current === null ? undefined : current;
  const shape = shapeOf(mine ?? patch);
  if (mine !== undefined && patch !== undefined && shapeOf(patch) !== shape)
    throw new BuildError(`${context.at}: ${context.path} is a ${shapeOf(patch)} in the patch, and a ${shape} in what it patches`);
  if (shape === 'map') return mergeMaps(mapOf(mine), mapOf(patch), context);
  if (shape === 'list') return mergeListField(listOf(mine), listOf(patch), context);
  return patch === undefined ? mine : replacementOf(mine, patch);
}

/** kustomize keeps the quotes of the value that it replaces: the number for a text that looks like one becomes text. */
function replacementOf(current: Json | undefined, patch: Json): Json {
  return typeof current === 'string' && typeof patch !== 'string' && needsQuotes(current) ? String(patch) : patch;
}

/** Whether the text stands in quotes wherever it is written in YAML. Other text may too, which is not known here. */
function needsQuotes(text: string): boolean {
  try {
    return readYaml(new TextEncoder().encode(text), 'text')[0] !== text;
  } catch (error) {
    if (error instanceof BuildError) return true;
    throw error;
  }
}

const mapOf = (value: Json | undefined): JsonMap | undefined => (isMap(value) ? value : undefined);
const listOf = (value: Json | undefined): Json[] | undefined => (Array.isArray(value) ? value : undefined);
const shapeOf = (value: Json | undefined): 'map' | 'list' | 'value' => (Array.isArray(value) ? 'list' : isMap(value) ? 'map' : 'value');

function mergeMaps(current: JsonMap | undefined, patch: JsonMap | undefined, context: Context): JsonMap | undefined {
  const schema = context.schema ?? schemaOfKind(current, context) ?? schemaOfKind(patch, context);
  // What becomes of a new map is for the map that it would be in to say: only what is below it has to make sense.
  const directive = patch === undefined ? undefined : directiveOf(patch, context.at, current === undefined ? 'lenient' : 'strict');
  if (directive === 'delete') return undefined;
  const changes = patch === undefined || directive === undefined ? patch : withoutDirective(patch);
  const isNew = current === undefined || current === patch || directive === 'replace';
  const base = isNew ? changes : current;
  if (base === undefined) return undefined;

  const blank = context.blanks?.get(base);
  const merged = new Map<string, Json>();
  let isChanged = isNew;
  for (const field of fieldsOf(base, changes)) {
    const before = own(base, field);
    const change = changes === undefined ? undefined : own(changes, field);
    const kept = blank?.has(field) ? undefined : before;
    const after = change === undefined && isPlain(kept) ? kept : merge(kept, change, contextOf(field, schema, context));
    if (after !== undefined) merged.set(field, after);
    isChanged ||= after !== before;
  }
  return isChanged ? Object.fromEntries(merged) : base;
}

const isPlain = (value: Json | undefined): boolean => typeof value !== 'object' || value === null;

const contextOf = (field: string, schema: Schema | undefined, { schemas, at, blanks, path }: Context): Context => ({
  schemas,
  at,
  blanks,
  schema: schema === undefined ? undefined : fieldSchema(schemas, schema, field),
  path: `${path}/${field}`,
});

const fieldsOf = (base: JsonMap, changes: JsonMap | undefined): Iterable<string> =>
  changes === undefined || changes === base ? Object.keys(base) : new Set([...Object.keys(base), ...Object.keys(changes)]);

const own = (map: JsonMap, field: string): Json | undefined => (Object.hasOwn(map, field) ? map[field] : undefined);

/** Where nothing is known of a value, it may say of what kind it is: objects can be in objects. */
function schemaOfKind(map: JsonMap | undefined, { schemas }: Context): Schema | undefined {
  if (map === undefined) return undefined;
  const [apiVersion, kind] = [own(map, 'apiVersion'), own(map, 'kind')];
  return typeof apiVersion === 'string' && typeof kind === 'string' ? schemas.kinds.get(kindKey(apiVersion, kind)) : undefined;
}

function mergeListField(current: Json[] | undefined, patch: Json[] | undefined, context: Context): Json[] | undefined {
  const { schema, schemas, at, path } = context;
  const keys = schema === undefined ? undefined : mergeKeys(schema);
  // A patch may be for many objects: each gets a list of its own, as the build goes on changing them in place.
  if (schema === undefined || keys === undefined) return patch === undefined ? current : copyOf(patch);
  // A list that was not there is taken as it is, with its directive: as an item, that means nothing.
  const { directive, items } = current === undefined || patch === undefined ? { items: patch } : listDirectiveOf(patch, at);
  if (directive === 'delete') return undefined;
  const isNew = current === undefined || current === patch || directive === 'replace';
  const base = isNew ? items : current;
  if (base === undefined) return undefined;
  if (keys.length === 0) return mergeValues(base, items ?? [], `${at}: ${path}`);
  const inItems: Context = { ...context, schema: itemSchema(schemas, schema) };
  return mergeLists(base, items, { keys, at: `${at}: ${path}`, mergeItem: (mine, theirs) => merge(mine, theirs, inItems) });
}
