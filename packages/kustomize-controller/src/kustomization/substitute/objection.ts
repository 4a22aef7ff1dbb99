import { isRecord, type Unstructured } from '@gotk/apimachinery';

const ADVICE =
  'is no text after substitution; a variable whose value is a double quote, put before and behind the expression, makes it text';

/**
 * Why a map cannot be applied: it has no kind, name or API version, or something that has to be text reads as a number, as `${port}` does with a port in it. The API
 * server would say so of some fields in words of its own, and of a name nothing at all.
 */
export function objection(object: Readonly<Record<string, unknown>>, { before }: { readonly before: Unstructured }): string | undefined {
  const { metadata } = object;
  if (!isRecord(metadata)) return 'metadata is no map after substitution';
  const required: readonly (readonly [string, unknown])[] = [
    ['apiVersion', object.apiVersion],
    ['kind', object.kind],
    ['metadata.name', metadata.name],
  ];
  for (const [path, value] of required) {
    if (value === undefined || value === null || value === '') return `${path} is empty after substitution`;
    if (typeof value !== 'string') return `${path} ${ADVICE}`;
  }
  if (metadata.namespace !== undefined && typeof metadata.namespace !== 'string') return `metadata.namespace ${ADVICE}`;
  return mapObjection('labels', metadata, before) ?? mapObjection('annotations', metadata, before);
}

type Metadata = Readonly<Record<string, unknown>>;

function mapObjection(field: 'labels' | 'annotations', metadata: Metadata, before: Unstructured): string | undefined {
  const map = metadata[field];
  if (map === undefined || map === null) return undefined;
  if (!isRecord(map)) return `metadata.${field} is no map after substitution`;
  const wrong = Object.keys(map).find((key) => map[key] !== null && typeof map[key] !== 'string');
  if (wrong === undefined) return undefined;
  // One that was not there before is made of a value, which may be secret.
  const isOwn = Object.hasOwn(before.metadata[field] ?? {}, wrong);
  return isOwn ? `metadata.${field}['${wrong}'] ${ADVICE}` : `a value in metadata.${field} ${ADVICE}`;
}
