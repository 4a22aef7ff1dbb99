import { isRecord } from '@gotk/apimachinery';
import { indexOf } from './ignored-field.ts';

type Tokens = readonly string[];

/** What is there; undefined when nothing is. */
export function valueAt(value: unknown, [token, ...rest]: Tokens): unknown {
  return token === undefined ? value : valueAt(childOf(value, token), rest);
}

/** What is at the same place of another state of the object, where elements of lists that have names are found by them. */
export function counterpartAt(value: unknown, model: unknown, [token, ...rest]: Tokens): unknown {
  if (token === undefined) return value;
  const like = childOf(model, token);
  return counterpartAt(Array.isArray(value) && isRecord(like) ? elementLike(value, like, token) : childOf(value, token), like, rest);
}

/** A copy with another value there, or without one (undefined). What leads there is made where it is a map. */
export function withValueAt(value: unknown, [token, ...rest]: Tokens, leaf: unknown): unknown {
  if (token === undefined) return leaf;
  if (Array.isArray(value)) {
    const index = indexOf(token);
    if (index === undefined || index >= value.length) return value;
    const element = withValueAt(value[index], rest, leaf);
    return element === undefined ? value.toSpliced(index, 1) : value.with(index, element);
  }
  if (value !== undefined && !isRecord(value)) return value;
  const child = withValueAt(childOf(value, token), rest, leaf);
  const others = Object.entries(value ?? {}).filter(([name]) => name !== token);
  if (child === undefined) return value === undefined ? undefined : Object.fromEntries(others);
  return Object.fromEntries([...others, [token, child]]);
}

function childOf(value: unknown, token: string): unknown {
  if (Array.isArray(value)) {
    const index = indexOf(token);
    return index === undefined ? undefined : value[index];
  }
  return isRecord(value) && Object.hasOwn(value, token) ? value[token] : undefined;
}

function elementLike(list: readonly unknown[], like: Readonly<Record<string, unknown>>, token: string): unknown {
  const { name } = like;
  return typeof name === 'string' ? list.find((element) => isRecord(element) && element.name === name) : childOf(list, token);
}
