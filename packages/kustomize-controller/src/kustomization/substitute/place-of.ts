import { isRecord } from '@gotk/apimachinery';

/** The path of the first text in an object, key or value, that a test is true for; undefined if there is none. */
export function placeOf(value: unknown, test: (text: string) => boolean, path = ''): string | undefined {
  if (typeof value === 'string') return test(value) ? path : undefined;
  if (Array.isArray(value)) return firstOf(value.entries(), ([index, item]) => placeOf(item, test, `${path}[${index}]`));
  if (!isRecord(value)) return undefined;
  return firstOf(Object.entries(value), ([key, field]) =>
    test(key) ? path || 'the object itself' : placeOf(field, test, path === '' ? key : `${path}.${key}`),
  );
}

function firstOf<T>(items: Iterable<T>, of: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = of(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
