import { BucketError } from '../bucket-error.ts';
import { azurePage } from './azure-page.ts';
import { gcsPage } from './gcs-page.ts';
import type { Page } from './page.ts';
import { s3Page } from './s3-page.ts';

const READERS = { azure: azurePage, gcs: gcsPage, s3: s3Page } as const;
export type ListingFormat = keyof typeof READERS;

/** What is asked of whoever reads a page. Plain data. */
export interface Listing {
  readonly format: ListingFormat;
  readonly bytes: Uint8Array;
}

/** A page, or why it is none: what survives the way out of a thread. */
export type ReadListing =
  | { readonly ok: true; readonly page: Page }
  | { readonly ok: false; readonly kind: BucketError['kind']; readonly message: string };

/** Twice what any store sends at once. */
const MAX_OBJECTS = 10_000;

/**
 * Reads what a store answers when it is asked what there is. Never throws. Takes about a third of a second for each mebibyte that is made
 * to take long: whoever does not trust the store reads large pages in a thread.
 */
export function readListing({ format, bytes }: Listing): ReadListing {
  try {
    const page = READERS[format](Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
    if (page.objects.length <= MAX_OBJECTS) return { ok: true, page };
    return { ok: false, kind: 'too-large', message: `the store lists more than ${MAX_OBJECTS} objects in a page` };
  } catch (error) {
    if (error instanceof BucketError) return { ok: false, kind: error.kind, message: error.message };
    return { ok: false, kind: 'protocol', message: 'the store sent something that is no listing' };
  }
}

/** Reads a page, here or elsewhere. Throws `BucketError`, or the signal's reason. */
export type PageReader = (listing: Listing, signal: AbortSignal) => Promise<Page>;

/** Reads pages in the thread that asks. */
export const readHere: PageReader = async (listing) => pageOf(readListing(listing));

/** The page of an answer. Throws `BucketError`. */
export function pageOf(answer: ReadListing): Page {
  if (answer.ok) return answer.page;
  throw new BucketError(answer.kind, answer.message);
}
