import { isRecord } from '@gotk/apimachinery';
import { BuildError } from '../build-error.ts';
import { readConfigYaml } from '../tree/documents.ts';
import { kustomizationSchemas } from './builtin-schemas.ts';
import { kindKey, layered, type Schema, type SchemaSet } from './schema-set.ts';

/** An OpenAPI document as kustomize reads it: JSON when it starts with a brace, else the first document of a YAML file. Throws `BuildError`. */
export function readOpenApi(bytes: Uint8Array, file: string): unknown {
  if (bytes.length === 0) throw new BuildError(`${file}: the file is empty`);
  if (bytes[0] !== '{'.charCodeAt(0)) return readConfigYaml(bytes, file)[0];
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new BuildError(`${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/**
 * The schemas of an OpenAPI 2 document that a kustomization names: its definitions with their kinds, and
 * from its paths whether a kind has a namespace. The built-in kinds are not in it, except kustomize's own. Throws `BuildError` for what is no such document.
 */
export function schemasOf(document: unknown, at: string): SchemaSet {
  const { definitions, paths } = mapOf(document, at);
  const named = Object.entries(mapOf(definitions, `${at}: definitions`)).map(
    ([name, schema]) => [name, checkedSchema(schema, `${at}: definitions.${name}`)] as const,
  );
  return layered(
    {
      definitions: new Map(named),
      kinds: new Map(named.flatMap(([name, schema]) => kindsOf(schema, `${at}: definitions.${name}`).map((kind) => [kind, schema]))),
      namespaced: namespacedOf(mapOf(paths, `${at}: paths`), `${at}: paths`),
    },
    kustomizationSchemas,
  );
}

const GVK = 'x-kubernetes-group-version-kind';

function kindsOf(schema: Schema, at: string): readonly string[] {
  const kinds = schema[GVK];
  return Array.isArray(kinds) ? kinds.filter(isRecord).map((kind) => kindOf(kind, at)) : [];
}

function kindOf({ group, version, kind }: Schema, at: string): string {
  if (typeof version !== 'string' || typeof kind !== 'string') throw new BuildError(`${at}: ${GVK} needs version and kind`);
  return kindKey(typeof group === 'string' && group !== '' ? `${group}/${version}` : version, kind);
}

/** A kind has a namespace when there is a path below one to get it by. */
function namespacedOf(paths: Schema, at: string): ReadonlyMap<string, boolean> {
  const namespaced = new Map<string, boolean>();
  for (const [path, methods] of Object.entries(paths)) {
    const get = isRecord(methods) ? methods.get : undefined;
    const gvk = isRecord(get) ? get[GVK] : undefined;
    if (!path.startsWith('/') || !isRecord(gvk)) continue;
    const kind = kindOf(gvk, `${at}.${path}`);
    namespaced.set(kind, path.includes('namespaces/{namespace}') || namespaced.get(kind) === true);
  }
  return namespaced;
}

/** A map, or an empty one for nothing. */
function mapOf(value: unknown, at: string): Schema {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) throw new BuildError(`${at}: must be a map`);
  return value;
}

/** Far beyond what anyone nests; what lies deeper would be walked by recursion. */
const MAX_DEPTH = 200;

/** A schema whose parts are schemas too. `at` is the definition that it is in. */
function checkedSchema(value: unknown, at: string, depth = 0): Schema {
  if (depth > MAX_DEPTH) throw new BuildError(`${at}: more than ${MAX_DEPTH} schemas within each other`);
  const schema = mapOf(value, at);
  const { properties, additionalProperties, items } = schema;
  const parts = [
    ...Object.values(mapOf(properties, `${at}: properties`)),
    ...(typeof additionalProperties === 'boolean' ? [] : [additionalProperties]),
    ...(Array.isArray(items) ? items : [items]),
  ];
  for (const part of parts) if (part !== undefined && part !== null) checkedSchema(part, at, depth + 1);
  return schema;
}
