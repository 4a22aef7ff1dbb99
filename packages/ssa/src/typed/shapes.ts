import type { Unstructured } from '@gotk/apimachinery';
import shapes from './shapes.json' with { type: 'json' };

/**
 * What is known of a type's fields. The code of a field begins with how it is held, and ends with the name of its type, if that has fields of its own:
 *
 * - `.` a struct: written although nobody has set it
 * - `?` a pointer, left out when it is null; `!` one that is written as null
 * - `-` anything else that is left out when it is zero or empty: `-*` a list, `-%` a map
 * - `+*` a list, `+%` a map that are written as null
 * - `=` a value, written as what follows
 */
export type Shape = Readonly<Record<string, string>>;

const KINDS: ReadonlyMap<string, string> = new Map(Object.entries(shapes.kinds));
const TYPES: ReadonlyMap<string, Shape> = new Map(Object.entries(shapes.types));

/** Of a kind that comes with Kubernetes; undefined for any other. */
export function shapeOf({
  apiVersion,
  kind,
}: Pick<Unstructured, 'apiVersion' | 'kind'>): { readonly type: string; readonly shape: Shape } | undefined {
  const type = KINDS.get(`${apiVersion.includes('/') ? '' : '/'}${apiVersion}/${kind}`) ?? '';
  const shape = TYPES.get(type);
  return shape === undefined ? undefined : { type, shape };
}

/** Without fields, if it has none that matter. */
export const typeNamed = (name: string): Shape => TYPES.get(name) ?? {};
