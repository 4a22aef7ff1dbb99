import type { Budget } from '../budget.ts';
/**
 * A value as a template sees it. The types that templates are full of have the plainest form that tells them apart, all others are a `Typed`:
 *
 * | Go                       | here                                                                                                            |
 * | ------------------------ | --------------------------------------------------------------------------------------------------------------- |
 * | no value at all          | `undefined`: a missing key, prints `<no value>`                                                                  |
 * | a nil of `interface {}`  | `null`                                                                                                           |
 * | `bool`                   | `boolean`                                                                                                        |
 * | `int`                    | `bigint`: what a template's `5` and `len` are; 64 bits, which the one who computes has to see to                  |
 * | `float64`                | `number`: what numbers of YAML and JSON are                                                                      |
 * | `string`                 | `string`, in which a byte that is no UTF-8 is a lone low surrogate, U+DC80 to U+DCFF (see bytes.ts)               |
 * | `[]interface {}`         | array                                                                                                            |
 * | `map[string]interface {}`| `Map`: no key of it means anything to JavaScript, its size is known, functions may change it, and all who hold it see that |
 * | functions                | `GoFunction`                                                                                                     |
 * | structs                  | `Struct`; a pointer to one is a `Typed` around it                                                                |
 * | all else                 | `Typed`: other kinds of numbers, lists and maps of other types, types with names or methods, typed nils          |
 *
 * An interface around a value is not a value of its own, as in Go only error messages show it: the execution remembers it where a message may need it.
 */
export type GoValue = undefined | null | boolean | bigint | number | string | readonly GoValue[] | GoMap | GoFunction | Struct | Typed;

/** Keys are in their plain form: strings, booleans, `bigint` for any integer kind, `number` for floats. */
export type GoMap = Map<GoKey, GoValue>;
export type GoKey = string | boolean | bigint | number;

/** The plain form of what a `Typed` holds: `null` is the nil of the type. A list of bytes is a `Uint8Array`. */
export type Raw = null | boolean | bigint | number | string | readonly GoValue[] | Uint8Array | GoMap | Struct;

/** A value together with its type. Elements of a list or a map are whole values again, except for keys and bytes. */
export class Typed {
  readonly type: ScalarType | SliceType | MapType | PointerType;
  readonly raw: Raw;

  constructor(type: ScalarType | SliceType | MapType | PointerType, raw: Raw) {
    this.type = type;
    this.raw = raw;
  }
}

export class Struct {
  readonly type: StructType;
  readonly fields: ReadonlyMap<string, GoValue>;

  constructor(type: StructType, fields: ReadonlyMap<string, GoValue>) {
    this.type = type;
    this.fields = fields;
  }
}

/** What Go's reflect package calls the kind of a type. Complex numbers, channels and arrays are not among them: no template can get hold of one here. */
export type Kind = ScalarKind | 'interface' | 'slice' | 'map' | 'struct' | 'ptr' | 'func' | 'value';

export type IntegerKind = 'int' | 'int8' | 'int16' | 'int32' | 'int64' | 'uint' | 'uint8' | 'uint16' | 'uint32' | 'uint64';
export type ScalarKind = IntegerKind | 'bool' | 'float32' | 'float64' | 'string';

/** Methods by their names; each gets the receiver, and is what a template then calls. */
export type Methods = ReadonlyMap<string, (receiver: GoValue) => GoFunction>;

export interface Described {
  /** As Go prints it: `map[string]interface {}`. Two types of one name are the same type. */
  readonly name: string;
  /** Whether somebody gave the type its name: such a type is not assignable to another that has a name. */
  readonly named: boolean;
  readonly methods?: Methods | undefined;
  /** What `String()` or `Error()` returns, where the type has one of them: that is how its values are printed. */
  readonly text?: ((receiver: GoValue) => string) | undefined;
  /** What stands for its values in JSON, as a string, where the type says so itself. Throws `FunctionError`. */
  readonly json?: ((receiver: GoValue) => string) | undefined;
}

export interface ScalarType extends Described {
  readonly kind: ScalarKind;
}
export interface SliceType extends Described {
  readonly kind: 'slice';
  readonly elem: GoType;
}
export interface MapType extends Described {
  readonly kind: 'map';
  readonly key: GoType;
  readonly elem: GoType;
}
export interface StructType extends Described {
  readonly kind: 'struct';
  /** In the order of their declaration. Those whose names begin with a small letter are printed, and out of reach of templates. */
  readonly fields: readonly StructField[];
  /** What `String()` returns where only pointers to the struct have it: a template prints that as long as the struct is a part of something that it points to. */
  readonly addressText?: (receiver: GoValue) => string;
}
export interface StructField {
  readonly name: string;
  readonly type: GoType;
  /** What the field is in JSON; its name, if nothing is said. `omitEmpty`: not there for a zero, nothing or an empty list; `false`: never there. */
  readonly json?: false | { readonly name: string; readonly omitEmpty?: boolean };
}
export interface PointerType extends Described {
  readonly kind: 'ptr';
  readonly elem: GoType;
}
/** `func`: of a function, `interface`: `interface {}`, `value`: a parameter that takes whatever there is, even nothing (Go's `reflect.Value`). */
export interface PlainType extends Described {
  readonly kind: 'func' | 'interface' | 'value';
}

export type GoType = ScalarType | SliceType | MapType | StructType | PointerType | PlainType;

/** What a function may ask of the execution that calls it. */
export interface CallContext {
  /** Counts work against the limits of the execution: a step is about the time that printing a number takes. Throws `TemplateError`. */
  spend(steps: number): void;
  /** Counts what is about to be made, in UTF-16 units, before it is made. Throws `TemplateError`. */
  make(length: number): void;
  /** Executes a template of the set that is executing, within its limits, and returns what it prints. Throws `TemplateError`. */
  execute(template: string, data: GoValue): string;
  /** What the execution may still use: for templates of other sets that are executed as a part of it. */
  readonly budget: Budget;
}

/** A sequence that a template can range over: what an `iter.Seq` or, with pairs, an `iter.Seq2` is in Go. */
export interface Sequence {
  readonly pairs: boolean;
  /** Keys or elements first, values second. */
  iterate(): Iterable<readonly [GoValue, GoValue?]>;
}

/**
 * A function as templates call it. Arguments are checked against `params` and handed over as `call` expects them: nil as `null`, no value (only to parameters
 * of the type `VALUE`) as `undefined`. To refuse, it throws `FunctionError`.
 */
export interface GoFunction {
  readonly params: readonly GoType[];
  /** Whether the last parameter, of which `params` has the type of one, may come any number of times. */
  readonly variadic: boolean;
  /** `ANY` for whatever it may be. */
  readonly result: GoType;
  readonly call: (args: readonly GoValue[], context: CallContext) => GoValue;
  readonly sequence?: Sequence | undefined;
}
