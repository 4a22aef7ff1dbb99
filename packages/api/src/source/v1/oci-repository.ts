import type { KubeObject } from '@gotk/apimachinery';
import { AGE, READY, STATUS } from '../../custom-resource.ts';
import { duration, localReference, STATUS_DEFAULT, shortDuration } from '../../meta/fields.ts';
import { boolean, type Described, object, oneOf, optional, string } from '../../schema.ts';
import { certSecretRef, ignore, latestUrl, observedIgnore, proxySecretRef, sourceCrd, sourceStatus } from './source.ts';
import { ociVerification } from './verification.ts';

const reference = object(
  {
    digest: optional(string('Digest of the manifest to pull, such as `sha256:…`. Takes precedence over everything else.')),
    semver: optional(string('Range of versions; the highest tag within it is pulled. Takes precedence over tag.')),
    semverFilter: optional(string('Regular expression (RE2) that a tag has to match to be considered for semver.')),
    tag: optional(string('Tag to pull; `latest` when nothing else is set.')),
  },
  'What to pull.',
);

const layerSelector = object(
  {
    mediaType: optional(string('Media type of the layer: the first that has it is taken. Without it, the first layer.')),
    operation: optional(
      oneOf(['extract', 'copy'], 'Whether the layer is a tarball to extract the files of (the default), or is stored as it is.'),
    ),
  },
  'Which layer is made an artifact, and how.',
);

const spec = object(
  {
    url: string('Address of the repository, without a tag: `oci://<host>/<repository>`.', { pattern: '^oci://.*$' }),
    ref: optional(reference),
    layerSelector: optional(layerSelector),
    provider: optional(
      oneOf(['generic', 'aws', 'azure', 'gcp'], 'How to authenticate: with Secrets alone (`generic`), or as a cloud identity.', {
        default: 'generic',
      }),
    ),
    secretRef: optional(localReference('Secret of type `kubernetes.io/dockerconfigjson` with the login to the registry.')),
    verify: optional(ociVerification),
    serviceAccountName: optional(
      string('Service account whose image pull secrets are used (`generic`), or whose identity is used with the provider.'),
    ),
    certSecretRef: certSecretRef(),
    proxySecretRef,
    interval: duration('How often to ask the registry for something new.'),
    timeout: optional(shortDuration('How long an operation of the registry may take.', '60s')),
    ignore,
    insecure: optional(boolean('Whether to talk to the registry in plain HTTP.')),
    suspend: optional(boolean('Stop pulling until this is false again; the last artifact stays available.')),
  },
  'What to pull, and how.',
);

const status = object(
  {
    ...sourceStatus,
    url: latestUrl,
    observedIgnore,
    observedLayerSelector: optional(layerSelector),
  },
  'What has been pulled.',
  { default: STATUS_DEFAULT },
);

export type OCIRepositorySpec = Described<typeof spec>;
export type OCIRepositoryStatus = Described<typeof status>;

/** An artifact of a registry, kept as an artifact of its newest matching revision. */
export interface OCIRepository extends KubeObject {
  readonly spec: OCIRepositorySpec;
  readonly status?: OCIRepositoryStatus;
}

export const ociRepositoryDefinition = sourceCrd<OCIRepository>({
  kind: 'OCIRepository',
  plural: 'ocirepositories',
  singular: 'ocirepository',
  shortNames: ['ocirepo'],
  description: 'A repository of a registry, kept as an artifact of its newest matching revision.',
  columns: [{ name: 'URL', type: 'string', jsonPath: '.spec.url' }, READY, STATUS, AGE],
  spec,
  status,
});

export const ociRepositories = ociRepositoryDefinition.resource;
