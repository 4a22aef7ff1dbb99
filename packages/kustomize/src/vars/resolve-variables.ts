import { BuildError } from '../build-error.ts';
import { DEFAULT_CONFIG } from '../config/default-config.ts';
import { appliesTo, type FieldSpec, visitPath } from '../config/field-spec.ts';
import { splitFieldPath } from '../replacement/field-path.ts';
import { lookUp } from '../replacement/lookup.ts';
import { jsonOf, Mismatch, nodeOf } from '../replacement/node.ts';
import { rootPlace } from '../replacement/place.ts';
import { type BuildResource, gvkIn, idOf, isMap, type Json, renderId, renderObject } from '../resource/resource.ts';
import type { Variables } from './add-variables.ts';
import type { Variable } from './variable.ts';

type Value = string | number | bigint | boolean;
type Values = ReadonlyMap<string, Value>;

/** Of one text: more than an object in a cluster may have in all. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** Replaces `$(NAME)` wherever the specs say. Throws `BuildError` for a variable without an object, or without a value there. */
export function resolveVariables(
  resources: readonly BuildResource[],
  vars: Variables,
  fields: readonly FieldSpec[] = DEFAULT_CONFIG.varReference,
): void {
  if (vars.size === 0) return;
  const values = new Map<string, Value>();
  for (const variable of vars.values()) {
    const value = currentValue(variable, resources);
    // A map or a list replaces nothing.
    if (value !== null && typeof value !== 'object') values.set(variable.name, value);
  }
  for (const { object } of resources) {
    const gvk = gvkIn(object);
    for (const spec of fields) {
      if (!appliesTo(spec, gvk)) continue;
      visitPath(object, { path: spec.path }, (holder, key) => {
        holder[key] = replaced(holder[key] ?? null, values, () => `${renderObject(object)}: '${spec.path.join('/')}'`);
      });
    }
  }
}

function currentValue({ name, fieldPath, at }: Variable, resources: readonly BuildResource[]): Json {
  const owner = resources.find(({ vars }) => vars.has(name));
  if (owner === undefined) throw new BuildError(`${at}: there is no object that '${name}' could take its value from`);
  try {
    const place = lookUp(rootPlace(nodeOf(owner.object, owner.written?.())), splitFieldPath(fieldPath, at).flatMap(withIndex));
    if (place !== undefined) return jsonOf(place.node);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
  }
  throw new BuildError(`${at}: ${renderId(idOf(owner))} has no '${fieldPath}'`);
}

/** `ports[0]` is the field and the index in it. */
function withIndex(part: string): readonly string[] {
  const match = /^(.*)\[(\d+)\]$/.exec(part);
  return match === null ? [part] : [match[1] ?? '', match[2] ?? ''].filter((each) => each !== '');
}

/** A text, the texts of a list, or those of a map. */
function replaced(value: Json, values: Values, at: () => string): Json {
  if (typeof value === 'string') return expand(value, values);
  if (Array.isArray(value))
    return value.map((item) => {
      if (typeof item !== 'string') throw new BuildError(`${at()}: a list with variables must hold nothing but text`);
      return expand(item, values);
    });
  if (isMap(value)) for (const [key, item] of Object.entries(value)) if (typeof item === 'string') value[key] = expand(item, values);
  return value;
}

/** Replaces `$(NAME)`; `$$` is a dollar, and a text that is nothing but a reference becomes what the variable is. */
export function expand(text: string, values: Values): Value {
  const whole = /^\$\(([^)]*)\)$/.exec(text)?.[1];
  if (whole !== undefined) return values.get(whole) ?? text;
  // Behind the last bracket there is no reference: looking for its end again and again would take the square of the length.
  const end = text.lastIndexOf(')') + 1;
  let length = text.length;
  const references = text.slice(0, end).replace(/\$(?:\$|\(([^)]*)\))/g, (reference, name: string | undefined) => {
    if (name === undefined) return '$';
    const value = values.get(name);
    if (value === undefined) return reference;
    length += String(value).length;
    if (length > MAX_CHARACTERS) throw new BuildError(`with its variables, a text gets longer than ${MAX_CHARACTERS} characters`);
    return String(value);
  });
  return references + text.slice(end).replaceAll('$$', () => '$');
}
