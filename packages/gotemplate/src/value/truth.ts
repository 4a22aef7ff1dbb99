import { type GoValue, Struct, Typed } from './model.ts';
import { isList } from './value.ts';

/** What `if` makes of a value: whether it is anything but the zero of its type. Structs are always true. */
export function isTrue(value: GoValue): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value !== '';
    case 'bigint':
      return value !== 0n;
    case 'number':
      return value !== 0;
    case 'undefined':
      return false;
    default:
      if (value === null) return false;
      if (value instanceof Map) return value.size > 0;
      if (isList(value)) return value.length > 0;
      if (!(value instanceof Typed)) return true;
      if (value.raw === null) return false;
      if (value.raw instanceof Uint8Array) return value.raw.length > 0;
      return value.raw instanceof Struct || isTrue(value.raw);
  }
}
