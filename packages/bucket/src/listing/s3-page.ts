import { BucketError } from '../bucket-error.ts';
import { bareEtag } from '../etag.ts';
import { childOf, childrenOf, parseXml, textOf } from '../xml.ts';
import type { Page } from './page.ts';

/** The answer to `ListObjectsV2`. Throws `BucketError`. */
export function s3Page(text: string): Page {
  const listing = childOf(parseXml(text, ['Contents']), 'ListBucketResult');
  const decode = textOf(listing, 'EncodingType') === 'url' ? decodeKey : (key: string) => key;
  const objects = childrenOf(listing, 'Contents').map((object) => {
    const size = Number(textOf(object, 'Size'));
    if (!Number.isSafeInteger(size) || size < 0) throw new BucketError('protocol', 'the store lists an object without a size');
    return { key: decode(textOf(object, 'Key')), etag: bareEtag(textOf(object, 'ETag')), size };
  });
  const next = textOf(listing, 'IsTruncated') === 'true' ? textOf(listing, 'NextContinuationToken') : undefined;
  if (next === '') throw new BucketError('protocol', 'the store says that there is more, and not where');
  return { objects, next };
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (error) {
    throw new BucketError('protocol', 'the store lists a key in an encoding that is none', { cause: error });
  }
}
