/** Where two JSON trees differ first, and how; undefined when they do not. The order of keys does not count, that of lists does. */
export function firstDifference(expected: unknown, got: unknown, at = ''): string | undefined {
  if (isTree(expected) && isTree(got) && Array.isArray(expected) === Array.isArray(got)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
      const difference = firstDifference(own(expected, key), own(got, key), at === '' ? key : `${at}.${key}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  return Object.is(expected, got) ? undefined : `${at}: expected ${shown(expected)}, got ${shown(got)}`;
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

const own = (tree: Tree, key: string): unknown => (Object.hasOwn(tree, key) ? tree[key] : undefined);

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/** The first difference of two lists of Kubernetes objects, said with the object it is in. */
export function firstObjectDifference(expected: readonly unknown[], got: readonly unknown[]): string | undefined {
  for (const [index, object] of expected.entries()) {
    const difference = firstDifference(object, got[index]);
    if (difference !== undefined) return `object ${index + 1} of ${expected.length}, ${nameOf(object)}: ${difference}`;
  }
  return got.length > expected.length ? `${got.length - expected.length} more, the first ${nameOf(got[expected.length])}` : undefined;
}

function nameOf(object: unknown): string {
  const { kind, metadata } = object as {
    readonly kind?: unknown;
    readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown };
  };
  return [kind, metadata?.namespace, metadata?.name].filter(Boolean).join(' ');
}
