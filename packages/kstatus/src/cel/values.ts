/** No object of the API is deeper; the API server itself stops far sooner. */
const MAX_DEPTH = 256;

/**
 * A JSON value as CEL reads it. Integers become CEL's `int`, as they are in Go's unstructured objects; objects become maps without a prototype, so that
 * `constructor` and its like are keys as any other.
 */
export function celValue(json: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new RangeError('the value is nested too deeply');
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json;
  if (typeof json !== 'object' || json === null) return json ?? null;
  if (Array.isArray(json)) return json.map((item) => celValue(item, depth + 1));
  return new Map(
    Object.entries(json)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, celValue(value, depth + 1)]),
  );
}
