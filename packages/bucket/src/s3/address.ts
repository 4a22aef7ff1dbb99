import { BucketError } from '../bucket-error.ts';

export interface S3Place {
  /** Host, with a port if need be, as `spec.endpoint` has it. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly insecure: boolean;
}

/**
 * Stores that want the bucket in the host's name; the others take it as the first part of the path, which every S3 server of one's own
 * does.
 */
const VIRTUAL_HOSTS = /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|aliyuncs\.com|myqcloud\.com)$/;

/** Where the bucket is. Throws `BucketError` for an endpoint that is no host, or a bucket name that no store would take. */
export function addressOf({ endpoint, bucket, insecure }: S3Place): URL {
  const url = URL.parse(`${insecure ? 'http' : 'https'}://${endpoint}/`);
  if (url === null || url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || endpoint.includes('@'))
    throw new BucketError(
      'protocol',
      `'${endpoint.slice(0, 200)}' is not the host of a store: without a scheme and a path, with a port if need be`,
    );
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket))
    throw new BucketError('protocol', `'${bucket.slice(0, 80)}' cannot be the name of a bucket`);
  // A dot in the name would not be covered by the server's certificate.
  if (VIRTUAL_HOSTS.test(url.hostname) && !bucket.includes('.')) url.host = `${bucket}.${url.host}`;
  else url.pathname = `/${bucket}/`;
  return url;
}

/** The region that requests are signed for: the one that was given, or is in an address of Amazon, or theirs by default. */
export const regionOf = (endpoint: string, region: string | undefined): string =>
  region ?? /(?:^|\.)s3[.-](?!dualstack)([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(endpoint)?.[1] ?? 'us-east-1';
