import { isRecord } from '@gotk/apimachinery';
import type { JsonSchema } from './schema.ts';

export interface Problem {
  /** Such as `spec.interval`. */
  readonly path: string;
  readonly message: string;
}

/** A URL may be as long; nothing else that has a pattern is. */
const MAX_MATCHED_CHARACTERS = 4_096;

/**
 * Checks a value against its schema: types, required fields, enumerations, patterns, lengths. Fields that the schema does not know are left alone.
 *
 * The API server checks the same when an object is written; an object that was stored before its CRD was, or past it, has to be caught here.
 */
export function validate(schema: JsonSchema, value: unknown, path: string): readonly Problem[] {
  switch (schema.type) {
    case 'object':
      return isRecord(value) ? validateObject(schema, value, path) : [mismatch(path, 'an object')];
    case 'array': {
      const { items } = schema;
      if (!Array.isArray(value)) return [mismatch(path, 'a list')];
      return items === undefined ? [] : value.flatMap((item, index) => validate(items, item, `${path}[${index}]`));
    }
    case 'string':
      return typeof value === 'string' ? validateString(schema, value, path) : [mismatch(path, 'a string')];
    case 'integer':
      return typeof value === 'bigint' || Number.isInteger(value) ? [] : [mismatch(path, 'an integer')];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [mismatch(path, 'true or false')];
  }
}

function validateObject(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  value: Readonly<Record<string, unknown>>,
  path: string,
): readonly Problem[] {
  const missing = required.filter((name) => value[name] === undefined).map((name) => ({ path: `${path}.${name}`, message: 'is required' }));
  const present = Object.entries(value).flatMap(([name, field]) => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    return schema === undefined || field === undefined ? [] : validate(schema, field, `${path}.${name}`);
  });
  return [...missing, ...present];
}

function validateString(
  { enum: choices, pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY }: JsonSchema,
  value: string,
  path: string,
): readonly Problem[] {
  if (choices !== undefined && !choices.includes(value)) return [{ path, message: `must be one of ${choices.join(', ')}` }];
  if (value.length < minLength || value.length > maxLength) return [{ path, message: `must have ${minLength} to ${maxLength} characters` }];
  // The patterns are ours and linear; the value may be of any length, and what nobody looked at must not pass.
  const matches = pattern === undefined || (value.length <= MAX_MATCHED_CHARACTERS && new RegExp(pattern, 'u').test(value));
  if (!matches) return [{ path, message: `must match ${pattern}` }];
  return [];
}

const mismatch = (path: string, wanted: string): Problem => ({ path, message: `must be ${wanted}` });
