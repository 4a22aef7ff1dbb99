import { parseJson } from '@gotk/apimachinery';
import { BucketError } from '../bucket-error.ts';
import type { Page, PageObject } from './page.ts';

type Json = Readonly<Record<string, unknown>>;

/** The answer to `objects.list`. Throws `BucketError`. */
export function gcsPage(text: string): Page {
  const { items = [], nextPageToken = '' } = jsonOf(text);
  if (!Array.isArray(items) || typeof nextPageToken !== 'string')
    throw new BucketError('protocol', 'the store sent something that is no listing');
  return { objects: items.map(gcsObject), next: nextPageToken === '' ? undefined : nextPageToken };
}

/** An object as Google describes it. Throws `BucketError`. */
export function gcsObject(value: unknown): PageObject & { readonly generation: string } {
  const { name, etag, size, generation } = (typeof value === 'object' && value !== null ? value : {}) as Json;
  const bytes = Number(size);
  if (
    typeof name !== 'string' ||
    typeof etag !== 'string' ||
    !Number.isSafeInteger(bytes) ||
    bytes < 0 ||
    !/^\d{1,20}$/.test(String(generation))
  )
    throw new BucketError('protocol', 'the store lists an object without a name, a size, an etag or a generation');
  return { key: name, etag, size: bytes, generation: String(generation) };
}

/** Throws `BucketError` for what is no object of JSON. */
export function jsonOf(text: string): Json {
  try {
    const value: unknown = parseJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch (error) {
    throw new BucketError('protocol', 'the store sent something that is no JSON', { cause: error });
  }
  throw new BucketError('protocol', 'the store sent something that is no listing');
}
