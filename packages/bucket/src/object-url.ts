import { BucketError } from './bucket-error.ts';

/**
 * The address of an object below that of its bucket. Throws `BucketError` for a key with `.` or `..` between its slashes: no URL can say
 * that, and what it would say is another object, or another bucket.
 */
export function objectUrl(bucket: URL, encodedKey: string): URL {
  const url = new URL(bucket);
  const path = `${bucket.pathname.replace(/\/$/, '')}/${encodedKey}`;
  url.pathname = path;
  if (url.pathname === path) return url;
  throw new BucketError(
    'hostile',
    `the bucket holds an object called ${JSON.stringify(encodedKey.slice(0, 80))}, which no URL leads to: refused`,
  );
}
