import { isRecord, type Unstructured } from '@gotk/apimachinery';

/** What becomes of a key that is empty, or no number that JSON knows, when it is made text. */
const NO_TEXT = new Set(['null', 'Infinity', '-Infinity', 'NaN']);

/** Why the keys of a result cannot be applied: substitution has left one without text. */
export function keyObjection(result: Readonly<Record<string, unknown>>, { before }: { readonly before: Unstructured }): string | undefined {
  const without = new Set([...keysOf(result)].filter((key) => NO_TEXT.has(key)));
  for (const key of without.size === 0 ? [] : keysOf(before)) without.delete(key);
  return without.size === 0 ? undefined : 'a key is empty after substitution';
}

function* keysOf(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* keysOf(item);
  else if (isRecord(value)) {
    for (const [key, field] of Object.entries(value)) {
      yield key;
      yield* keysOf(field);
    }
  }
}
