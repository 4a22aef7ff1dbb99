import { TemplateError } from '../template-error.ts';
import { type GoMap, type GoValue, Typed } from './model.ts';
import { INT64 } from './type.ts';

const MAX_DEPTH = 1000;

/**
 * What YAML or JSON was read as, as a value of templates: objects and maps become `map[string]interface {}`, numbers `float64` and bigints `int64`, which is what
 * Go's decoders make of files and of arguments. Own, enumerable properties count, whatever their names; what is `undefined` is left out. Surrogates that stand
 * alone become U+FFFD. Throws `TemplateError` for what is nested too deeply, and `TypeError` for what is none of these.
 */
export function fromPlain(plain: unknown, depth = 0): GoValue {
  if (depth > MAX_DEPTH) throw new TemplateError(`value is nested more than ${MAX_DEPTH} levels deep`, { kind: 'limit' });
  switch (typeof plain) {
    case 'string':
      return plain.toWellFormed();
    case 'number':
    case 'boolean':
      return plain;
    case 'bigint':
      return new Typed(INT64, BigInt.asIntN(64, plain));
    case 'object':
      if (plain === null) return null;
      if (Array.isArray(plain)) return plain.map((element) => fromPlain(element, depth + 1));
      return mapFrom(plain instanceof Map ? plain : Object.entries(plain), depth);
    default:
      throw new TypeError(`a template has no value for what JavaScript calls a ${typeof plain}`);
  }
}

function mapFrom(entries: Iterable<readonly [unknown, unknown]>, depth: number): GoMap {
  const map: GoMap = new Map();
  for (const [key, element] of entries) {
    if (element !== undefined) map.set(String(key).toWellFormed(), fromPlain(element, depth + 1));
  }
  return map;
}
