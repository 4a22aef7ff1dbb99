import { BucketError } from '../bucket-error.ts';
import { bareEtag, hex } from '../etag.ts';
import { childOf, childrenOf, parseXml, textOf } from '../xml.ts';
import type { Page } from './page.ts';

/** The answer to `List Blobs`. Throws `BucketError`. */
export function azurePage(text: string): Page {
  const results = childOf(parseXml(text.replace(/^\ufeff/, ''), ['Blob']), 'EnumerationResults');
  const objects = childrenOf(childOf(results, 'Blobs'), 'Blob').flatMap((blob) => {
    const properties = childOf(blob, 'Properties');
    const size = Number(textOf(properties, 'Content-Length'));
    if (!Number.isSafeInteger(size) || size < 0) throw new BucketError('protocol', 'the store lists an object without a size');
    // Where the account has a hierarchy, directories are listed too.
    if (textOf(properties, 'ResourceType') === 'directory') return [];
    return [{ key: textOf(blob, 'Name'), etag: hex(bareEtag(textOf(properties, 'Etag'))), size }];
  });
  const next = textOf(results, 'NextMarker');
  return { objects, next: next === '' ? undefined : next };
}
