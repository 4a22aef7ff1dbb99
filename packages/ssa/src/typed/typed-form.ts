import { isRecord, type Unstructured } from '@gotk/apimachinery';
import { type Shape, shapeOf, typeNamed } from './shapes.ts';
import { withDefaults } from './with-defaults.ts';

/** Rules that nobody has written would be written as null, and rules that a controller fills in be gone. */
const AS_WRITTEN: ReadonlySet<string> = new Set(['rbac.v1.Role', 'rbac.v1.ClusterRole']);

/** An object is not of the type that its kind says: the server has to say so. */
class Mistyped extends Error {
  override readonly name = 'Mistyped';
}

/**
 * An object of a kind that comes with Kubernetes, as a client with types for them writes it: Flux does. What the server records of who set a field is the same for
 * both only if both write the same fields; a Job whose template is written without its empty `metadata` by one and with it by the other could not be taken over.
 * Other objects, and those that break their type, are returned as they are. Pure.
 */
export function typedForm(object: Unstructured): Unstructured {
  const known = shapeOf(object);
  if (known === undefined || AS_WRITTEN.has(known.type)) return object;
  try {
    return withDefaults(structOf(object, known.shape) as Unstructured);
  } catch (error) {
    if (error instanceof Mistyped) return object;
    throw error;
  }
}

function structOf(value: unknown, shape: Shape): Readonly<Record<string, unknown>> {
  if (value !== undefined && value !== null && !isRecord(value)) throw new Mistyped();
  const given = value ?? {};
  const written = Object.entries(given).filter(([name]) => !Object.hasOwn(shape, name));
  for (const [name, code] of Object.entries(shape)) {
    const field = fieldOf(given[name], code);
    if (field !== undefined) written.push([name, field]);
  }
  return Object.fromEntries(written);
}

/** Undefined: it is left out. */
function fieldOf(value: unknown, code: string): unknown {
  const [held = '', inner = ''] = [code[0], code.slice(1)];
  const isMissing = value === undefined || value === null;
  switch (held) {
    case '.':
      return structOf(value, typeNamed(inner));
    case '?':
      return isMissing ? undefined : innerOf(value, inner);
    case '!':
      return isMissing ? null : innerOf(value, inner);
    case '=':
      return isMissing ? JSON.parse(inner) : value;
    case '-':
      return isMissing || isZero(value) ? undefined : collectionOf(value, inner);
    default:
      return isMissing ? null : collectionOf(value, inner);
  }
}

const innerOf = (value: unknown, type: string): unknown => (type === '' ? value : structOf(value, typeNamed(type)));

function collectionOf(value: unknown, code: string): unknown {
  const type = code.slice(1);
  if (code === '' || type === '') return value;
  if (code.startsWith('*')) {
    if (!Array.isArray(value)) throw new Mistyped();
    return value.map((each) => structOf(each, typeNamed(type)));
  }
  if (!isRecord(value)) throw new Mistyped();
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, structOf(each, typeNamed(type))]));
}

function isZero(value: unknown): boolean {
  if (value === '' || value === 0 || value === 0n || value === false) return true;
  return Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;
}
