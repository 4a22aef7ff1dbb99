import type { KubeObject } from '@gotk/apimachinery';
import { AGE, READY, STATUS } from '../../custom-resource.ts';
import { duration, localReference, STATUS_DEFAULT, shortDuration } from '../../meta/fields.ts';
import { boolean, type Described, object, oneOf, optional, string } from '../../schema.ts';
import { certSecretRef, ignore, latestUrl, observedIgnore, proxySecretRef, sourceCrd, sourceStatus } from './source.ts';

const sts = object(
  {
    provider: oneOf(['aws', 'ldap'], 'Which kind of Security Token Service.'),
    endpoint: string('Address of the service.', { pattern: '^(http|https)://.*$' }),
    secretRef: optional(localReference('Secret with `username` and `password`, for ldap.')),
    certSecretRef: optional(localReference('Secret with `ca.crt`, or `tls.crt` and `tls.key`, or all three, for ldap.')),
  },
  'A service that hands out credentials for a short time.',
);

const spec = object(
  {
    provider: optional(
      oneOf(['generic', 'aws', 'gcp', 'azure'], 'Which protocol and login the store wants; `generic` is S3 with keys from a Secret.', {
        default: 'generic',
      }),
    ),
    bucketName: string('Name of the bucket, or of the container.'),
    endpoint: string('Host, and port, of the store; for azure, its URL.'),
    sts: optional(sts),
    insecure: optional(boolean('Whether to talk to the store in plain HTTP.')),
    region: optional(string('Region of the bucket.')),
    prefix: optional(string('Only objects whose key starts with this are fetched.')),
    secretRef: optional(localReference('Secret with the credentials: which keys, depends on the provider.')),
    serviceAccountName: optional(string('Service account whose identity is used with the provider.')),
    certSecretRef: certSecretRef('; for the provider `generic`'),
    proxySecretRef,
    interval: duration('How often to look for changes.'),
    timeout: optional(shortDuration('How long a fetch may take.', '60s')),
    ignore,
    suspend: optional(boolean('Stop fetching until this is false again; the last artifact stays available.')),
  },
  'What to fetch, and how.',
  {
    'x-kubernetes-validations': [
      {
        rule: "self.provider == 'aws' || self.provider == 'generic' || !has(self.sts)",
        message: "sts can only be set for the providers 'aws' and 'generic'",
      },
      {
        rule: "self.provider != 'aws' || !has(self.sts) || self.sts.provider == 'aws'",
        message: "the provider 'aws' needs 'aws' as the provider of its sts",
      },
      {
        rule: "self.provider != 'generic' || !has(self.sts) || self.sts.provider == 'ldap'",
        message: "the provider 'generic' needs 'ldap' as the provider of its sts",
      },
      {
        rule: "!has(self.sts) || self.sts.provider != 'aws' || !has(self.sts.secretRef)",
        message: "sts.secretRef is not for the provider 'aws'",
      },
      {
        rule: "!has(self.sts) || self.sts.provider != 'aws' || !has(self.sts.certSecretRef)",
        message: "sts.certSecretRef is not for the provider 'aws'",
      },
      {
        rule: "self.provider != 'generic' || !has(self.serviceAccountName)",
        message: "serviceAccountName is not for the provider 'generic'",
      },
      {
        rule: '!has(self.secretRef) || !has(self.serviceAccountName)',
        message: 'only one of secretRef and serviceAccountName can be set',
      },
    ],
  },
);

const status = object(
  {
    ...sourceStatus,
    url: latestUrl,
    observedIgnore,
  },
  'What has been fetched.',
  { default: STATUS_DEFAULT },
);

export type BucketSpec = Described<typeof spec>;
export type BucketStatus = Described<typeof status>;

/** The objects of a bucket, kept as an artifact. */
export interface Bucket extends KubeObject {
  readonly spec: BucketSpec;
  readonly status?: BucketStatus;
}

export const bucketDefinition = sourceCrd<Bucket>({
  kind: 'Bucket',
  plural: 'buckets',
  singular: 'bucket',
  description: 'The objects of a bucket, kept as an artifact.',
  columns: [{ name: 'Endpoint', type: 'string', jsonPath: '.spec.endpoint' }, AGE, READY, STATUS],
  spec,
  status,
});

export const buckets = bucketDefinition.resource;
