import { isObject } from '../fields.ts';
import type { Draft } from './draft.ts';
import { sameText } from './equal.ts';
import { FORMATS } from './formats.ts';
import { below } from './location.ts';
import { compilePattern } from './pattern.ts';
import type { Choices, JsonType, Keywords, Schema } from './schema.ts';

/** Where a schema stands, and how the schemas that it names are had. */
export interface SchemaSource {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly draft: Draft;
  readonly pointer: string;
  /** Of its place, for messages. */
  readonly describe: (pointer: string) => string;
  /** Whether formats are checked, though the draft does not ask for it. */
  readonly checksFormats: boolean;
  readonly at: (pointer: string) => Schema;
  readonly refer: (reference: string) => Schema;
}

/** What a schema says. The keywords of later drafts say nothing in an older one. */
export function readKeywords(source: SchemaSource): Keywords {
  const { draft, refer } = source;
  const reference = fieldsOfSchema(source).text('$ref');
  const ref = reference === undefined ? undefined : refer(reference);
  // In the older drafts a reference is all that a schema says.
  if (ref !== undefined && draft < 2019) return { ...NOTHING, ref };
  return {
    ...NOTHING,
    ...valueKeywords(source),
    ...applicators(source),
    ...objectKeywords(source),
    ...arrayKeywords(source),
    ref,
    ...(draft >= 2019 ? recursiveKeywords(source) : {}),
  };
}

const NOTHING: Keywords = {
  isRecursiveAnchor: false,
  types: [],
  allOf: [],
  anyOf: [],
  oneOf: [],
  required: [],
  properties: new Map(),
  patternProperties: [],
  dependencies: [],
  dependentSchemas: [],
  dependentRequired: [],
  hasUniqueItems: false,
  prefixItems: [],
};

/** The values of keywords, when they are of the type that counts. */
function fieldsOfSchema({ schema, pointer, at }: SchemaSource) {
  const value = (keyword: string): unknown => (Object.hasOwn(schema, keyword) ? schema[keyword] : undefined);
  const object = (keyword: string): Readonly<Record<string, unknown>> => {
    const found = value(keyword);
    return isObject(found) ? found : {};
  };
  const number = (keyword: string): number | bigint | undefined => {
    const found = value(keyword);
    return typeof found === 'number' || typeof found === 'bigint' ? found : undefined;
  };
  return {
    value,
    object,
    number,
    whole(keyword: string): number | undefined {
      const found = Number(number(keyword) ?? Number.NaN);
      return Number.isInteger(found) ? found : undefined;
    },
    text(keyword: string): string | undefined {
      const found = value(keyword);
      return typeof found === 'string' ? found : undefined;
    },
    isTrue: (keyword: string): boolean => value(keyword) === true,
    one: (keyword: string): Schema | undefined => (Object.hasOwn(schema, keyword) ? at(below(pointer, keyword)) : undefined),
    many(keyword: string): readonly Schema[] {
      const found = value(keyword);
      return Array.isArray(found) ? found.map((_, index) => at(below(pointer, keyword, String(index)))) : [];
    },
    named: (keyword: string): readonly (readonly [string, Schema])[] =>
      Object.keys(object(keyword)).map((key) => [key, at(below(pointer, keyword, key))]),
    trueOr(keyword: string): boolean | Schema | undefined {
      const found = value(keyword);
      if (typeof found === 'boolean' || found === undefined) return found;
      return at(below(pointer, keyword));
    },
  };
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

const TYPES: readonly JsonType[] = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'];

const choicesOf = (values: readonly unknown[]): Choices => ({ values, texts: new Set(values.map(sameText)) });

function valueKeywords(source: SchemaSource): Partial<Keywords> {
  const { draft, describe, pointer, checksFormats } = source;
  const { value, number, whole, text, isTrue } = fieldsOfSchema(source);
  const types = new Set(textsOf(typeof value('type') === 'string' ? [value('type')] : value('type')));
  const choices = value('enum');
  const format = text('format');
  const pattern = text('pattern');
  return {
    types: TYPES.filter((type) => types.has(type)),
    choices: Array.isArray(choices) ? choicesOf(choices) : undefined,
    constant: draft >= 6 && value('const') !== undefined ? choicesOf([value('const')]) : undefined,
    format: (draft < 2019 || checksFormats) && format !== undefined ? FORMATS.get(format) : undefined,
    pattern: pattern === undefined ? undefined : compilePattern(pattern, describe(below(pointer, 'pattern'))),
    minLength: whole('minLength'),
    maxLength: whole('maxLength'),
    multipleOf: number('multipleOf'),
    // In draft 4 the bounds were a truth value beside the others.
    ...(isTrue('exclusiveMaximum')
      ? { exclusiveMaximum: number('maximum') }
      : { maximum: number('maximum'), exclusiveMaximum: number('exclusiveMaximum') }),
    ...(isTrue('exclusiveMinimum')
      ? { exclusiveMinimum: number('minimum') }
      : { minimum: number('minimum'), exclusiveMinimum: number('exclusiveMinimum') }),
  };
}

function applicators(source: SchemaSource): Partial<Keywords> {
  const { value, one, many } = fieldsOfSchema(source);
  const condition = source.draft >= 7 ? one('if') : undefined;
  return {
    not: one('not'),
    allOf: many('allOf'),
    anyOf: many('anyOf'),
    oneOf: many('oneOf'),
    condition:
      condition === undefined
        ? undefined
        : {
            schema: condition,
            whenTrue: value('if') === false ? undefined : one('then'),
            whenFalse: value('if') === true ? undefined : one('else'),
          },
  };
}

function objectKeywords(source: SchemaSource): Partial<Keywords> {
  const { draft, describe, pointer, at } = source;
  const { value, object, whole, one, named, trueOr } = fieldsOfSchema(source);
  const place = describe(below(pointer, 'patternProperties'));
  return {
    minProperties: whole('minProperties'),
    maxProperties: whole('maxProperties'),
    required: textsOf(value('required')),
    properties: new Map(named('properties')),
    patternProperties: named('patternProperties').map(([pattern, schema]) => [compilePattern(pattern, place), schema]),
    additionalProperties: trueOr('additionalProperties'),
    dependencies: Object.entries(object('dependencies')).map(([key, needed]) => [
      key,
      Array.isArray(needed) ? textsOf(needed) : at(below(pointer, 'dependencies', key)),
    ]),
    ...(draft >= 6 ? { propertyNames: one('propertyNames') } : {}),
    ...(draft >= 2019
      ? {
          dependentSchemas: named('dependentSchemas'),
          dependentRequired: Object.entries(object('dependentRequired')).map(([key, needed]) => [key, textsOf(needed)]),
          unevaluatedProperties: one('unevaluatedProperties'),
        }
      : {}),
  };
}

function arrayKeywords(source: SchemaSource): Partial<Keywords> {
  const { draft } = source;
  const { value, whole, isTrue, one, many, trueOr } = fieldsOfSchema(source);
  const isList = Array.isArray(value('items'));
  const contains = draft >= 6 ? one('contains') : undefined;
  return {
    minItems: whole('minItems'),
    maxItems: whole('maxItems'),
    hasUniqueItems: isTrue('uniqueItems'),
    contains,
    ...(draft >= 2020
      ? { prefixItems: many('prefixItems'), items: one('items') }
      : isList
        ? { prefixItems: many('items'), additionalItems: trueOr('additionalItems') }
        : { items: one('items') }),
    ...(draft >= 2019
      ? {
          minContains: contains === undefined ? undefined : whole('minContains'),
          maxContains: contains === undefined ? undefined : whole('maxContains'),
          unevaluatedItems: one('unevaluatedItems'),
        }
      : {}),
  };
}

function recursiveKeywords(source: SchemaSource): Partial<Keywords> {
  const { text, isTrue } = fieldsOfSchema(source);
  const recursive = text('$recursiveRef');
  const dynamic = source.draft >= 2020 ? text('$dynamicRef') : undefined;
  const [, fragment = ''] = dynamic?.split('#', 2) ?? [];
  return {
    recursiveRef: recursive === undefined ? undefined : source.refer(recursive),
    isRecursiveAnchor: isTrue('$recursiveAnchor'),
    dynamicRef: dynamic === undefined ? undefined : { schema: source.refer(dynamic), anchor: fragment.startsWith('/') ? '' : fragment },
    dynamicAnchor: source.draft >= 2020 ? text('$dynamicAnchor') : undefined,
  };
}
