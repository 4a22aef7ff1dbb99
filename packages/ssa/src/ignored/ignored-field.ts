import { isRecord, pointerTokens, type Unstructured } from '@gotk/apimachinery';
import type { FieldPath, FieldStep } from '../managed-fields/field-set.ts';

/** A field of one object that others may change as they like. */
export interface IgnoredField {
  /** From the top of the object to the field; an index stands for an element of a list in the manifest. */
  readonly tokens: readonly string[];
  /** The same as field managers have it. */
  readonly path: FieldPath;
}

/** The text is no JSON pointer, or one to what the object is known by. */
export class InvalidPointer extends Error {
  override readonly name = 'InvalidPointer';
}

const IDENTITY: ReadonlySet<string> = new Set(['/apiVersion', '/kind', '/metadata', '/metadata/name', '/metadata/namespace']);

/** Reads a JSON pointer (RFC 6901). Throws `InvalidPointer`. */
export function parsePointer(pointer: string): readonly string[] {
  if (!pointer.startsWith('/')) throw new InvalidPointer(`'${pointer}' is no JSON pointer: it has to begin with '/'`);
  if (IDENTITY.has(pointer)) throw new InvalidPointer(`'${pointer}' cannot be ignored: it says which object this is`);
  return pointerTokens(pointer);
}

/** What the tokens lead to in this manifest. An element that it does not have cannot be told from others, and is undefined. */
export function ignoredField(object: Unstructured, tokens: readonly string[]): IgnoredField | undefined {
  const path: FieldStep[] = [];
  let at: unknown = object;
  for (const token of tokens) {
    if (Array.isArray(at)) {
      const index = indexOf(token);
      if (index === undefined || index >= at.length) return undefined;
      at = at[index];
      path.push({ element: at });
    } else {
      at = isRecord(at) && Object.hasOwn(at, token) ? at[token] : undefined;
      path.push({ field: token });
    }
  }
  return { tokens, path };
}

export const indexOf = (token: string): number | undefined => (/^(?:0|[1-9]\d{0,5})$/.test(token) ? Number(token) : undefined);
