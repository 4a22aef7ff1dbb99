import type { Expiring } from '../../token-cache/token-cache.ts';

/** Keys for AWS, and those who speak as it does, with a token when they hold for a short time. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface AwsCredentials extends AwsKeys, Expiring {}

export interface AwsPlace {
  /** Absent: `AWS_REGION` of the controller, for its own identity. */
  readonly region?: string | undefined;
  /** Of the Security Token Service, when it is not the region's: `spec.sts.endpoint` of a Bucket. */
  readonly stsEndpoint?: string | undefined;
}
