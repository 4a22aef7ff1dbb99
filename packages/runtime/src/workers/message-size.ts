/** Of a part, whatever it is: a number, or a reference to more. */
const PART_BYTES = 8;

/**
 * Whether plain data takes more than `maxBytes` to send, estimated: a character counts as one byte, a field, an item or a number as eight. Stops as soon as it knows, so
 * that asking costs no more than sending what is allowed. What is shared costs nothing, and neither does what is in `moved`.
 */
export function isLargerThan(value: unknown, maxBytes: number, moved: readonly ArrayBuffer[] = []): boolean {
  // Data may refer to itself, and structured clone sends each object once.
  const seen = new Set<object>(moved);
  const open: unknown[] = [value];
  let bytes = 0;
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') bytes += next.length;
    else if (typeof next === 'object' && next !== null && !seen.has(next)) {
      seen.add(next);
      bytes += bytesOf(next);
      if (bytes > maxBytes) return true;
      for (const part of partsOf(next)) open.push(part);
    }
    if (bytes > maxBytes) return true;
  }
  return false;
}

/** Of an object without the strings and objects in it. Known before its parts are listed: there may be a hundred million of them. */
function bytesOf(value: object): number {
  if (value instanceof ArrayBuffer) return value.byteLength;
  if (Array.isArray(value)) return value.length * PART_BYTES;
  if (value instanceof Map || value instanceof Set) return value.size * PART_BYTES;
  return ArrayBuffer.isView(value) || value instanceof SharedArrayBuffer ? 0 : Object.keys(value).length * PART_BYTES;
}

function* partsOf(value: object): Generator<unknown> {
  // The whole buffer goes with a view.
  if (ArrayBuffer.isView(value)) yield value.buffer;
  else if (value instanceof Map) for (const entry of value) yield* entry;
  else if (value instanceof Set || Array.isArray(value)) yield* value;
  else for (const [key, part] of Object.entries(value)) yield* [key, part];
}
