import {
  type CallContext,
  elementsOf,
  elementType,
  FunctionError,
  type GoValue,
  isExported,
  isNil,
  isTrue,
  mapOfValue,
  nameOfType,
  Struct,
  type StructField,
  Typed,
  typeOf,
} from '@gotk/gotemplate';

/** What Go's encoder takes for a value that holds itself. */
const MAX_DEPTH = 1_000;

/**
 * A value as Go's `encoding/json` sees it: objects, lists, texts, numbers (whole ones of Go's integer types as `bigint`s), truth values and null. Throws
 * `FunctionError` with Go's words for what has no form in JSON: functions, and numbers that are none. Counts its work.
 */
export function plainValue(value: GoValue, context: CallContext, depth = 0): unknown {
  context.spend(1);
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'string':
      return value.toWellFormed();
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      return finite(value);
    default:
      if (value === null) return null;
      if (depth > MAX_DEPTH) throw new FunctionError(`json: unsupported value: encountered a cycle via ${nameOfType(value)}`);
      return plainObject(value, context, depth + 1);
  }
}

type Composite = Exclude<GoValue, undefined | null | boolean | bigint | number | string>;

function plainObject(value: Composite, context: CallContext, depth: number): unknown {
  const asText = typeOf(value)?.json;
  if (asText !== undefined) return isNil(value) ? null : asText(value);
  if (value instanceof Struct) return plainStruct(value, context, depth);
  if (value instanceof Typed && (value.raw === null || typeof value.raw !== 'object' || value.raw instanceof Struct)) {
    return plainValue(value.raw, context, depth);
  }
  const map = mapOfValue(value);
  if (map !== undefined) {
    return Object.fromEntries([...map].map(([key, item]) => [String(key).toWellFormed(), plainValue(item, context, depth)]));
  }
  if (value instanceof Typed && value.raw instanceof Uint8Array && elementType(value).kind === 'uint8') return base64(value.raw);
  if (value instanceof Typed || Array.isArray(value)) return elementsOf(value).map((item) => plainValue(item, context, depth));
  throw new FunctionError(`json: unsupported type: ${typeOf(value)?.name}`);
}

const plainStruct = ({ type, fields }: Struct, context: CallContext, depth: number): unknown =>
  Object.fromEntries(
    type.fields
      .filter((field) => isShown(field, fields.get(field.name)))
      .map(({ name, json }) => [json ? json.name : name, plainValue(fields.get(name), context, depth)]),
  );

const isShown = ({ name, json }: StructField, value: GoValue): boolean =>
  isExported(name) && json !== false && !(json?.omitEmpty === true && !isTrue(value));

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  const shown = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  throw new FunctionError(`json: unsupported value: ${shown}`);
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
