import type { Draft } from './draft.ts';
import type { Format } from './formats.ts';
import type { Pattern } from './pattern.ts';

export type JsonType = 'null' | 'boolean' | 'number' | 'integer' | 'string' | 'array' | 'object';

/** A schema that is ready to look at values. Schemas refer to each other in circles. */
export interface Schema {
  /** With the URL of its document. */
  readonly location: string;
  readonly draft: Draft;
  /** The one that gives it its name; itself, when it has one. Not known before all are compiled. */
  resource?: Schema;
  /** The places in a resource that whoever refers to it may replace. */
  readonly dynamicAnchors: Map<string, Schema>;
  /** What it says: true and false say all. */
  says: boolean | Keywords;
}

/** `if`, `then` and `else`. */
export interface Condition {
  readonly schema: Schema;
  readonly whenTrue: Schema | undefined;
  readonly whenFalse: Schema | undefined;
}

/** Values of which a value has to be one, and their texts, by which values are compared. */
export interface Choices {
  readonly values: readonly unknown[];
  readonly texts: ReadonlySet<string>;
}

/** The keywords of a schema, whatever draft they come from; those that are not there say nothing. */
export interface Keywords {
  readonly ref?: Schema | undefined;
  readonly recursiveRef?: Schema | undefined;
  readonly isRecursiveAnchor: boolean;
  readonly dynamicRef?: { readonly schema: Schema; readonly anchor: string } | undefined;
  readonly dynamicAnchor?: string | undefined;

  readonly types: readonly JsonType[];
  readonly constant?: Choices | undefined;
  readonly choices?: Choices | undefined;
  readonly format?: Format | undefined;

  readonly not?: Schema | undefined;
  readonly allOf: readonly Schema[];
  readonly anyOf: readonly Schema[];
  readonly oneOf: readonly Schema[];
  readonly condition?: Condition | undefined;

  readonly minProperties?: number | undefined;
  readonly maxProperties?: number | undefined;
  readonly required: readonly string[];
  readonly properties: ReadonlyMap<string, Schema>;
  readonly patternProperties: readonly (readonly [Pattern, Schema])[];
  readonly additionalProperties?: boolean | Schema | undefined;
  readonly propertyNames?: Schema | undefined;
  readonly dependencies: readonly (readonly [string, readonly string[] | Schema])[];
  readonly dependentSchemas: readonly (readonly [string, Schema])[];
  readonly dependentRequired: readonly (readonly [string, readonly string[]])[];
  readonly unevaluatedProperties?: Schema | undefined;

  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly hasUniqueItems: boolean;
  /** The first items, each by its place, and what all others have to be. */
  readonly prefixItems: readonly Schema[];
  readonly items?: Schema | undefined;
  /** The older drafts' word for the others, where there are first ones. */
  readonly additionalItems?: boolean | Schema | undefined;
  readonly contains?: Schema | undefined;
  readonly minContains?: number | undefined;
  readonly maxContains?: number | undefined;
  readonly unevaluatedItems?: Schema | undefined;

  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly pattern?: Pattern | undefined;

  readonly minimum?: number | bigint | undefined;
  readonly maximum?: number | bigint | undefined;
  readonly exclusiveMinimum?: number | bigint | undefined;
  readonly exclusiveMaximum?: number | bigint | undefined;
  readonly multipleOf?: number | bigint | undefined;
}
