/** Plain data are equal when they would be rendered equal, the order of keys aside. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => deepEqual(item, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  return (
    keys.length === Object.keys(b).filter((key) => b[key] !== undefined).length &&
    keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key]))
  );
}

/** The JSON merge patch (RFC 7386) that turns `from` into `to`; undefined when they are equal. Lists are replaced whole. `to` must not contain null. */
export function createMergePatch(
  from: Readonly<Record<string, unknown>>,
  to: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  const patch = new Map<string, unknown>();
  const isSetIn = (map: Readonly<Record<string, unknown>>, key: string) => Object.hasOwn(map, key) && map[key] !== undefined;
  for (const key of Object.keys(from)) if (isSetIn(from, key) && !isSetIn(to, key)) patch.set(key, null);
  for (const [key, next] of Object.entries(to)) {
    if (next === undefined) continue;
    const current = Object.hasOwn(from, key) ? from[key] : undefined;
    if (isRecord(current) && isRecord(next)) {
      const inner = createMergePatch(current, next);
      if (inner !== undefined) patch.set(key, inner);
    } else if (!deepEqual(current, next)) {
      patch.set(key, next);
    }
  }
  return patch.size === 0 ? undefined : Object.fromEntries(patch);
}

/** Applies a JSON merge patch (RFC 7386) without touching its arguments. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged = new Map(isRecord(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, applyMergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/** A JSON object, as opposed to a list, a scalar or null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
