import { type Clock, isRecord, latest, type Unstructured } from '@gotk/apimachinery';
import { ApiError } from '@gotk/kube';
import { type Shape, shapeOf, typeNamed } from './shapes.ts';

/**
 * Fields of Kubernetes' own kinds that the API server has refused because it does not know them. A client with types never sends such fields; a field that is
 * newer than what is known here is sent, and it is the server that says whether there is one.
 */
export interface UndeclaredFields {
  /** The object without them, and their paths. */
  without(object: Unstructured): { readonly object: Unstructured; readonly leftOut: readonly string[] };
  /** Whether a refusal of the object, as it is without those known before, names further ones. */
  learn(object: Unstructured, refusal: unknown): boolean;
}

/** How the server words that a type has no such field. */
export const UNDECLARED = 'field not declared in schema';

const KNOWN = 1_000;
/** A server may learn a field while we run. */
const FORGOTTEN_AFTER_MS = 3_600_000;

export function createUndeclaredFields(clock: Clock): UndeclaredFields {
  const refusedAt = latest<string, number>(KNOWN);
  const isRefused = (type: string, name: string): boolean =>
    clock.monotonic() - (refusedAt.get(`${type}.${name}`) ?? Number.NEGATIVE_INFINITY) < FORGOTTEN_AFTER_MS;

  return {
    without(object) {
      // As good as always: nobody looks through every object that is applied.
      if (refusedAt.size === 0) return { object, leftOut: [] };
      const leftOut: string[] = [];
      const rest = without(object, (type, name, path) => {
        const refused = isRefused(type, name);
        if (refused) leftOut.push(path);
        return refused;
      });
      return { object: leftOut.length === 0 ? object : rest, leftOut };
    },
    learn(object, refusal) {
      if (!(refusal instanceof ApiError) || !refusal.message.includes(UNDECLARED)) return false;
      let learnt = false;
      without(object, (type, name) => {
        if (!refusal.message.includes(`.${name}: ${UNDECLARED}`) || isRefused(type, name)) return false;
        refusedAt.set(`${type}.${name}`, clock.monotonic());
        learnt = true;
        return false;
      });
      return learnt;
    },
  };
}

/** Asked of each field that its type is not known to have: the type's name, the field's, and where it is. */
type IsLeftOut = (type: string, name: string, path: string) => boolean;

function without(object: Unstructured, isLeftOut: IsLeftOut): Unstructured {
  const known = shapeOf(object);
  return known === undefined ? object : (structWithout(object, { ...known, path: '', isLeftOut }) as Unstructured);
}

interface Place {
  readonly type: string;
  readonly shape: Shape;
  readonly path: string;
  readonly isLeftOut: IsLeftOut;
}

function structWithout(value: unknown, { type, shape, path, isLeftOut }: Place): unknown {
  if (!isRecord(value)) return value;
  const fields = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const at = `${path}.${name}`;
    const code = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (code === undefined) return isLeftOut(type, name, at) ? [] : [[name, field]];
    return [[name, fieldWithout(field, code, { path: at, isLeftOut })]];
  });
  return Object.fromEntries(fields);
}

function fieldWithout(value: unknown, code: string, { path, isLeftOut }: Pick<Place, 'path' | 'isLeftOut'>): unknown {
  const collection = /^[-+]([*%])(.+)$/.exec(code);
  const type = collection?.[2] ?? /^[.?!](.+)$/.exec(code)?.[1];
  if (type === undefined) return value;
  const inner = (each: unknown, at: string): unknown => structWithout(each, { type, shape: typeNamed(type), path: at, isLeftOut });
  if (collection === null) return inner(value, path);
  if (Array.isArray(value)) return value.map((each, index) => inner(each, `${path}[${index}]`));
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inner(each, `${path}.${name}`)])) : value;
}
