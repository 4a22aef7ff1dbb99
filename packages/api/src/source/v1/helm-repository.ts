import type { KubeObject } from '@gotk/apimachinery';
import { AGE, READY, STATUS } from '../../custom-resource.ts';
import { duration, localReference, STATUS_DEFAULT } from '../../meta/fields.ts';
import { boolean, type Described, list, map, object, oneOf, optional, string } from '../../schema.ts';
import { certSecretRef, sourceCrd, sourceStatus } from './source.ts';

const accessFrom = object(
  {
    namespaceSelectors: list(
      object({ matchLabels: optional(map('Labels that the namespace has to have.')) }, 'Namespaces with these labels.'),
      'Any one of these is enough.',
    ),
  },
  'Other namespaces whose objects may refer to this one.',
);

const spec = object(
  {
    url: string('Address of the repository: http or https for one with an index, oci for a registry.', {
      pattern: '^(http|https|oci)://.*$',
    }),
    type: optional(oneOf(['default', 'oci'], 'Whether the repository has an index (`default`), or is a registry (`oci`).')),
    provider: optional(
      oneOf(
        ['generic', 'aws', 'azure', 'gcp'],
        'How to authenticate to a registry: with a Secret alone (`generic`), or as a cloud identity.',
        {
          default: 'generic',
        },
      ),
    ),
    secretRef: optional(
      localReference('Secret with `username` and `password`; for a registry, also one of type `kubernetes.io/dockerconfigjson`.'),
    ),
    certSecretRef: certSecretRef(),
    passCredentials: optional(boolean('Send the credentials to whatever host the index names for a chart, too.')),
    interval: optional(duration('How often to fetch the index; not for a registry.')),
    timeout: optional(string('How long a fetch may take; 60s by default.', { pattern: '^([0-9]+(\\.[0-9]+)?(ms|s|m))+$' })),
    insecure: optional(boolean('Whether to talk to the registry in plain HTTP.')),
    suspend: optional(boolean('Stop fetching until this is false again; the last index stays available.')),
    accessFrom: optional(accessFrom),
  },
  'Where charts come from.',
);

const status = object(
  {
    ...sourceStatus,
    url: optional(string('Where the latest index can be fetched from; prefer `artifact.url`.')),
  },
  'The index that was fetched. A registry has no status: it has nothing to fetch.',
  { default: STATUS_DEFAULT },
);

export type HelmRepositorySpec = Described<typeof spec>;
export type HelmRepositoryStatus = Described<typeof status>;

/** A repository of charts. */
export interface HelmRepository extends KubeObject {
  readonly spec: HelmRepositorySpec;
  readonly status?: HelmRepositoryStatus;
}

export const helmRepositoryDefinition = sourceCrd<HelmRepository>({
  kind: 'HelmRepository',
  plural: 'helmrepositories',
  singular: 'helmrepository',
  shortNames: ['helmrepo'],
  description: 'A repository of Helm charts.',
  columns: [{ name: 'URL', type: 'string', jsonPath: '.spec.url' }, AGE, READY, STATUS],
  spec,
  status,
});

export const helmRepositories = helmRepositoryDefinition.resource;
