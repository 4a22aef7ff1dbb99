import { isRecord, type Unstructured } from '@gotk/apimachinery';

/**
 * A Secret with what it has as text in `data`. The API server encodes `stringData` itself, and records as ours nothing of what became of it: it would be anybody's
 * to change, and stay when it is gone from the manifest. What is no text is left for the server to refuse.
 */
export function encodedSecret(object: Unstructured): Unstructured {
  const { stringData, ...rest } = object;
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || !isRecord(stringData)) return object;
  const texts = Object.entries(stringData);
  if (!texts.every(([, value]) => typeof value === 'string')) return object;
  const encoded = texts.map(([key, value]) => [key, Buffer.from(String(value), 'utf8').toString('base64')] as const);
  return { ...rest, data: Object.fromEntries([...Object.entries(isRecord(object.data) ? object.data : {}), ...encoded]) };
}
