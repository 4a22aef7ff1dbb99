import { renderYaml } from '@gotk/apimachinery/yaml';

/** A field that is of another type than the format says. The message begins with the field. */
export class WrongType extends Error {
  override readonly name = 'WrongType';
}

/**
 * The fields of an object as Go's decoder fills a struct with them: a key matches in any case, of several the exact one counts, numbers and
 * truth values become text where text is wanted, and `null` leaves a field as it is.
 */
export interface Fields {
  text(name: string): string | undefined;
  texts(name: string): readonly string[] | undefined;
  flag(name: string): boolean | undefined;
  list(name: string): readonly unknown[] | undefined;
  textMap(name: string): Readonly<Record<string, string>> | undefined;
  /** Whatever is there, but `null`. */
  value(name: string): unknown;
}

/** Undefined for `null`. Throws `WrongType` for what is no object, and later for a field of another type. */
export function fieldsOf(value: unknown, what: string): Fields | undefined {
  if (value === null || value === undefined) return undefined;
  if (!isObject(value)) throw new WrongType(`${what} must be a map`);
  const get = (name: string): unknown => find(value, name) ?? undefined;
  const list = (name: string): readonly unknown[] | undefined => {
    const found = get(name);
    if (found === undefined || Array.isArray(found)) return found;
    throw new WrongType(`${name} must be a list`);
  };
  return {
    text: (name) => textOf(get(name), name),
    texts: (name) => list(name)?.map((item) => textOf(item, name) ?? ''),
    flag(name) {
      const found = get(name);
      if (found === undefined || typeof found === 'boolean') return found;
      throw new WrongType(`${name} must be true or false`);
    },
    list,
    value: get,
    textMap(name) {
      const found = get(name);
      if (found === undefined) return undefined;
      if (!isObject(found)) throw new WrongType(`${name} must be a map`);
      return Object.fromEntries(Object.entries(found).map(([key, item]) => [key, textOf(item, `${name}.${key}`) ?? '']));
    },
  };
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function find(object: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  let found: string | undefined;
  for (const candidate of Object.keys(object)) {
    if (candidate.length !== name.length || candidate.toLowerCase() !== name.toLowerCase()) continue;
    // Go looks at the keys in their order: the last one that matches wins.
    if (found === undefined || candidate > found) found = candidate;
  }
  return found === undefined ? undefined : object[found];
}

function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'object') throw new WrongType(`${name} must be text`);
  return renderYaml(value).trimEnd();
}
