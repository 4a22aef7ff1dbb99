/** The versions of JSON Schema, by which keywords appeared. */
export type Draft = 4 | 6 | 7 | 2019 | 2020;

/** What a schema without `$schema` is. */
export const LATEST_DRAFT: Draft = 2020;

const URLS = new Map<string, Draft>([
  ['json-schema.org/schema', LATEST_DRAFT],
  ['json-schema.org/draft/2020-12/schema', 2020],
  ['json-schema.org/draft/2019-09/schema', 2019],
  ['json-schema.org/draft-07/schema', 7],
  ['json-schema.org/draft-06/schema', 6],
  ['json-schema.org/draft-04/schema', 4],
]);

/** The draft that a `$schema` means; undefined when it is some other schema. */
export const draftOf = (url: string): Draft | undefined => URLS.get(url.replace(/#$/, '').replace(/^https?:\/\//, ''));

/** The schema of schemas. */
export function metaschemaUrl(draft: Draft): string {
  if (draft === 2020) return 'https://json-schema.org/draft/2020-12/schema';
  if (draft === 2019) return 'https://json-schema.org/draft/2019-09/schema';
  return `http://json-schema.org/draft-0${draft}/schema`;
}

/** The keyword that names a schema. */
export const idKeyword = (draft: Draft): string => (draft === 4 ? 'id' : '$id');

/** Where schemas are in a schema: under a keyword, in the list that it is, or in the map that it is. */
interface SchemaPlaces {
  readonly single: readonly string[];
  readonly list: readonly string[];
  readonly map: readonly string[];
}

const PLACES: Readonly<Record<Draft, SchemaPlaces>> = (() => {
  const draft4 = {
    single: ['not', 'additionalProperties', 'items', 'additionalItems'],
    list: ['allOf', 'anyOf', 'oneOf', 'items'],
    map: ['definitions', 'properties', 'patternProperties', 'dependencies'],
  };
  const draft6 = { ...draft4, single: [...draft4.single, 'propertyNames', 'contains'] };
  const draft7 = { ...draft6, single: [...draft6.single, 'if', 'then', 'else'] };
  const draft2019 = {
    ...draft7,
    single: [...draft7.single, 'unevaluatedProperties', 'unevaluatedItems', 'contentSchema'],
    map: [...draft7.map, '$defs', 'dependentSchemas'],
  };
  const draft2020 = { ...draft2019, list: [...draft2019.list, 'prefixItems'] };
  return { 4: draft4, 6: draft6, 7: draft7, 2019: draft2019, 2020: draft2020 };
})();

/** The schemas directly in a schema, each with the tokens that lead to it. */
export function* schemasIn(schema: Readonly<Record<string, unknown>>, draft: Draft): Generator<readonly [readonly string[], unknown]> {
  const { single, list, map } = PLACES[draft];
  for (const keyword of single) {
    const value = schema[keyword];
    if (Object.hasOwn(schema, keyword) && !Array.isArray(value)) yield [[keyword], value];
  }
  for (const keyword of list) {
    const value = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
    if (Array.isArray(value)) for (const [at, item] of value.entries()) yield [[keyword, String(at)], item];
  }
  for (const keyword of map) {
    const value = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    for (const [key, item] of Object.entries(value)) yield [[keyword, key], item];
  }
}
