/**
 * A structural schema as a value, with the TypeScript type of what it describes in its type parameter. From it derive the CRD, the reference page, the
 * runtime check and the types: a field is written down once.
 */
export interface Schema<T> {
  readonly json: JsonSchema;
  /** Exists at compile time only. */
  readonly describes?: T;
}

/** The part of OpenAPI v3 that Kubernetes calls structural and that our kinds need. */
export interface JsonSchema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly default?: unknown;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message: string }[];
}

/** The TypeScript type that a schema describes. */
export type Described<S> = S extends Schema<infer T> ? T : never;

export interface Optional<T> {
  readonly optional: Schema<T>;
}

type Field = Schema<unknown> | Optional<unknown>;
type Fields = Readonly<Record<string, unknown>>;
type RequiredNames<F extends Fields> = { [Name in keyof F]: F[Name] extends { readonly optional: unknown } ? never : Name }[keyof F];
type OptionalNames<F extends Fields> = Exclude<keyof F, RequiredNames<F>>;
type Inner<F> = F extends { readonly optional: infer S } ? Described<S> : Described<F>;
type Shape<F extends Fields> = { readonly [Name in RequiredNames<F>]: Inner<F[Name]> } & {
  readonly [Name in OptionalNames<F>]?: Inner<F[Name]>;
};
type Flat<T> = { readonly [Name in keyof T]: T[Name] };

type Constraints = Pick<JsonSchema, 'format' | 'pattern' | 'minLength' | 'maxLength' | 'default' | 'x-kubernetes-validations'>;

const of = <T>(json: JsonSchema): Schema<T> => ({ json });

export const string = (description: string, constraints: Constraints = {}): Schema<string> =>
  of({ type: 'string', description, ...constraints });

export const oneOf = <const T extends readonly string[]>(
  choices: T,
  description: string,
  constraints: Constraints = {},
): Schema<T[number]> => of({ type: 'string', description, enum: choices, ...constraints });

export const boolean = (description: string, constraints: Constraints = {}): Schema<boolean> =>
  of({ type: 'boolean', description, ...constraints });

export const integer = (description: string, constraints: { readonly minimum?: number } = {}): Schema<number> =>
  of({ type: 'integer', format: 'int64', description, ...constraints });

export const list = <T>(items: Schema<T>, description: string): Schema<readonly T[]> =>
  of({ type: 'array', description, items: items.json });

export const map = (description: string): Schema<Readonly<Record<string, string>>> =>
  of({ type: 'object', description, additionalProperties: { type: 'string' } });

/** Marks a field that may be left out. */
export const optional = <T>(schema: Schema<T>): Optional<T> => ({ optional: schema });

export function object<const F extends Fields>(fields: F, description: string, constraints: Constraints = {}): Schema<Flat<Shape<F>>> {
  const entries = Object.entries(fields as Readonly<Record<string, Field>>);
  const required = entries.filter(([, field]) => !('optional' in field)).map(([name]) => name);
  return of({
    type: 'object',
    description,
    properties: Object.fromEntries(entries.map(([name, field]) => [name, 'optional' in field ? field.optional.json : field.json])),
    ...(required.length === 0 ? {} : { required }),
    ...constraints,
  });
}
