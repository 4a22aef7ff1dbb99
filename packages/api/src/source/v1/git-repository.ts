import type { KubeObject } from '@gotk/apimachinery';
import { AGE, READY, STATUS } from '../../custom-resource.ts';
import { artifact, duration, localReference, STATUS_DEFAULT, shortDuration } from '../../meta/fields.ts';
import { boolean, type Described, list, object, oneOf, optional, string } from '../../schema.ts';
import { ignore, observedIgnore, proxySecretRef, sourceCrd, sourceStatus } from './source.ts';

const reference = object(
  {
    branch: optional(string('Branch to check out; `master` when nothing else is set.')),
    tag: optional(string('Tag to check out; takes precedence over branch.')),
    semver: optional(string('Range of versions; the highest tag within it is checked out. Takes precedence over tag.')),
    name: optional(string('Full name of any reference, such as `refs/pull/420/head`. Takes precedence over branch, tag and semver.')),
    commit: optional(
      string('Id of the commit to check out; branch is then only part of the revision. Takes precedence over everything else.'),
    ),
  },
  'What to check out.',
);

const include = object(
  {
    repository: localReference('The GitRepository whose artifact is copied.'),
    fromPath: optional(string('Directory of that artifact to copy; its root by default.')),
    toPath: optional(string('Directory to copy to; the name of the other repository by default.')),
  },
  'A directory of another repository, copied into this one.',
);

const verify = object(
  {
    mode: optional(oneOf(['head', 'HEAD', 'Tag', 'TagAndHEAD'], 'Which object has to carry the signature.', { default: 'HEAD' })),
    secretRef: localReference('Secret with the public keys of trusted authors.'),
  },
  'Signatures that a commit or tag must carry.',
);

const spec = object(
  {
    url: string('Address of the repository.', { pattern: '^(http|https|ssh)://.*$' }),
    secretRef: optional(
      localReference(
        'Secret with the credentials: `username` and `password`, or `bearerToken`, for HTTP/S (with an optional `ca.crt`); `identity` and `known_hosts` for SSH.',
      ),
    ),
    provider: optional(
      oneOf(
        ['generic', 'aws', 'azure', 'github'],
        'How to authenticate: with the Secret alone (`generic`), or as a cloud or app identity.',
      ),
    ),
    serviceAccountName: optional(string('Service account whose identity is used with the provider.')),
    interval: duration('How often to ask the repository for something new.'),
    timeout: optional(shortDuration('How long a Git operation may take.', '60s')),
    ref: optional(reference),
    verify: optional(verify),
    proxySecretRef,
    ignore,
    suspend: optional(boolean('Stop fetching until this is false again; the last artifact stays available.')),
    recurseSubmodules: optional(boolean('Also fetch submodules, with the same credentials.')),
    include: optional(list(include, 'Other repositories whose content is copied in.')),
    sparseCheckout: optional(list(string('A directory.'), 'Fetch only these directories.')),
  },
  'What to fetch, and how.',
  {
    'x-kubernetes-validations': [
      {
        rule: "!has(self.serviceAccountName) || (has(self.provider) && (self.provider == 'azure' || self.provider == 'aws'))",
        message: "serviceAccountName can only be set when provider is 'azure' or 'aws'",
      },
    ],
  },
);

const status = object(
  {
    ...sourceStatus,
    includedArtifacts: optional(list(artifact, 'The artifacts that were copied in.')),
    observedIgnore,
    observedRecurseSubmodules: optional(boolean('The `spec.recurseSubmodules` that the artifact was made with.')),
    observedInclude: optional(list(include, 'The `spec.include` that the artifact was made with.')),
    observedSparseCheckout: optional(list(string('A directory.'), 'The `spec.sparseCheckout` that the artifact was made with.')),
    sourceVerificationMode: optional(string('The mode by which the artifact was last verified.')),
  },
  'What has been fetched.',
  { default: STATUS_DEFAULT },
);

export type GitRepositorySpec = Described<typeof spec>;
export type GitReference = Described<typeof reference>;
export type GitRepositoryStatus = Described<typeof status>;
export type Artifact = Described<typeof artifact>;

/** A Git repository, kept as an artifact of its newest matching commit. */
export interface GitRepository extends KubeObject {
  readonly spec: GitRepositorySpec;
  readonly status?: GitRepositoryStatus;
}

export const gitRepositoryDefinition = sourceCrd<GitRepository>({
  kind: 'GitRepository',
  plural: 'gitrepositories',
  singular: 'gitrepository',
  shortNames: ['gitrepo'],
  description: 'A Git repository, kept as an artifact of its newest matching commit.',
  columns: [{ name: 'URL', type: 'string', jsonPath: '.spec.url' }, AGE, READY, STATUS],
  spec,
  status,
});

export const gitRepositories = gitRepositoryDefinition.resource;
