import type { KubeObject } from '@gotk/apimachinery';
import { AGE, crd, READY, STATUS } from '../../custom-resource.ts';
import { conditions, duration, lastHandledReconcileAt, localReference, observedGeneration, STATUS_DEFAULT } from '../../meta/fields.ts';
import { boolean, type Described, integer, list, map, object, oneOf, optional, string } from '../../schema.ts';

const selectorFields = {
  group: optional(string('API group, as an anchored regular expression.')),
  version: optional(string('API version, as an anchored regular expression.')),
  kind: optional(string('Kind, as an anchored regular expression.')),
  namespace: optional(string('Namespace, as an anchored regular expression.')),
  name: optional(string('Name, as an anchored regular expression.')),
  annotationSelector: optional(string('Annotations that the object must have, in the syntax of label selectors.')),
  labelSelector: optional(string('Labels that the object must have.')),
} as const;

const selector = (description: string) => object(selectorFields, description);

const commonMetadata = object(
  { labels: optional(map('Labels to set.')), annotations: optional(map('Annotations to set.')) },
  'Labels and annotations for every object, over those of the same name.',
);

const decryption = object(
  {
    provider: oneOf(['sops'], 'The tool that the files were encrypted with.'),
    secretRef: optional(localReference('Secret with the keys.')),
    serviceAccountName: optional(string('Service account whose identity is used with a cloud key service.')),
  },
  'How to decrypt files and Secrets.',
);

const dependency = object(
  {
    name: string('Name of a Kustomization.'),
    namespace: optional(string('Its namespace; that of this object by default.')),
    readyExpr: optional(string('CEL expression over `self` and `dep` that says whether the dependency is ready.')),
  },
  'A Kustomization that has to be ready first.',
);

const healthCheck = object(
  {
    apiVersion: optional(string('API version of the object.')),
    kind: string('Kind of the object.'),
    name: string('Name of the object.'),
    namespace: optional(string('Namespace of the object.')),
  },
  'An object to wait for.',
);

const healthCheckExpr = object(
  {
    apiVersion: string('API version that the expressions are for.'),
    kind: optional(string('Kind that the expressions are for.')),
    current: string('CEL expression that is true when the object has reached its desired state.'),
    inProgress: optional(string('CEL expression that is true while it is on its way.')),
    failed: optional(string('CEL expression that is true when it will not get there.')),
  },
  'How to tell the health of a kind of custom resource.',
);

const image = object(
  {
    name: string('The image to replace, without its tag.'),
    newName: optional(string('Name to use instead.')),
    newTag: optional(string('Tag to use instead.')),
    digest: optional(string('Digest to use instead of any tag.')),
  },
  'An image to replace.',
);

const ignoreRule = object(
  {
    paths: list(string('A JSON pointer.'), 'Fields to leave alone.'),
    target: optional(selector('Objects that the rule is for; all by default.')),
  },
  'Fields that are neither checked for drift nor applied.',
);

const kubeConfig = object(
  {
    configMapRef: optional(localReference('ConfigMap that names a cloud provider and a cluster.')),
    secretRef: optional(
      object(
        { name: string('Name of the Secret.'), key: optional(string('Key of the kubeconfig; `value` or `value.yaml` by default.')) },
        'Secret with a kubeconfig.',
      ),
    ),
  },
  'The cluster to apply to, if it is another one.',
  {
    'x-kubernetes-validations': [
      {
        rule: 'has(self.configMapRef) || has(self.secretRef)',
        message: 'exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified',
      },
      {
        rule: '!has(self.configMapRef) || !has(self.secretRef)',
        message: 'exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified',
      },
    ],
  },
);

const patch = object(
  {
    patch: string('A strategic merge patch or a list of JSON 6902 operations, as YAML.'),
    target: optional(selector('Objects to patch; needed unless the patch itself names one.')),
  },
  'A change to some of the objects.',
);

const substituteReference = object(
  {
    kind: oneOf(['Secret', 'ConfigMap'], 'Where the variables are.'),
    name: string('Name of the object, in the same namespace.', { minLength: 1, maxLength: 253 }),
    optional: optional(boolean('Do without the object if it is missing.', { default: false })),
  } as const,
  'An object whose data are variables.',
);

const postBuild = object(
  {
    substitute: optional(map('Variables and their values; they win over those of substituteFrom.')),
    substituteFrom: optional(list(substituteReference, 'Where more variables come from; later ones win.')),
    substituteStrategy: optional(oneOf(['WithVariables', 'Always'], 'Whether to substitute only when there are variables, or always.')),
  },
  'Substitution of variables in the built objects.',
);

const sourceReference = object(
  {
    apiVersion: optional(string('API version of the source.')),
    kind: oneOf(['OCIRepository', 'GitRepository', 'Bucket', 'ExternalArtifact'], 'Kind of the source.'),
    name: string('Name of the source.'),
    namespace: optional(string('Namespace of the source; that of this object by default.')),
  },
  'The source whose artifact is applied.',
);

const spec = object(
  {
    commonMetadata: optional(commonMetadata),
    dependsOn: optional(list(dependency, 'Kustomizations that have to be ready first.')),
    decryption: optional(decryption),
    interval: duration('How often to look again without being told to.'),
    retryInterval: optional(duration('How long to wait after a failure; `interval` by default.')),
    kubeConfig: optional(kubeConfig),
    path: optional(string('Directory of the artifact to build; its root by default.')),
    postBuild: optional(postBuild),
    prune: boolean('Delete what is no longer in the source.'),
    deletionPolicy: optional(
      oneOf(
        ['MirrorPrune', 'Delete', 'WaitForTermination', 'Orphan'],
        'What becomes of the objects when this Kustomization is deleted; `MirrorPrune` by default.',
      ),
    ),
    healthChecks: optional(list(healthCheck, 'Objects to wait for.')),
    namePrefix: optional(string('Put before every name.', { minLength: 1, maxLength: 200 })),
    nameSuffix: optional(string('Put behind every name.', { minLength: 1, maxLength: 200 })),
    patches: optional(list(patch, 'Changes to the built objects.')),
    images: optional(list(image, 'Images to replace.')),
    buildMetadata: optional(
      list(
        oneOf(['originAnnotations', 'transformerAnnotations'], 'A kind of annotation.'),
        'Annotations that tell where an object came from.',
      ),
    ),
    serviceAccountName: optional(string('Service account to act as.')),
    sourceRef: sourceReference,
    suspend: optional(boolean('Stop reconciling until this is false again.')),
    targetNamespace: optional(string('Namespace for every namespaced object.', { minLength: 1, maxLength: 63 })),
    timeout: optional(duration('How long applying and health checks may take; `interval` less 30 seconds by default.')),
    force: optional(boolean('Recreate objects whose change the API server refuses because a field is immutable.', { default: false })),
    wait: optional(boolean('Wait until every applied object is healthy; healthChecks are then not looked at.')),
    components: optional(list(string('A directory.'), 'Kustomize components to include, relative to path.')),
    ignoreMissingComponents: optional(boolean('Do without components that are not there.')),
    healthCheckExprs: optional(list(healthCheckExpr, 'How to tell the health of custom resources.')),
    ignore: optional(list(ignoreRule, 'Fields that others own.')),
  },
  'What to apply, and how.',
);

const inventory = object(
  {
    entries: list(
      object({ id: string('`namespace_name_group_kind`.'), v: string('API version.') }, 'One applied object.'),
      'The applied objects.',
    ),
  },
  'What has been applied and not been deleted since.',
);

const snapshot = object(
  {
    digest: string('Digest of what was built.'),
    firstReconciled: string('When it was first reconciled.', { format: 'date-time' }),
    lastReconciled: string('When it was last reconciled.', { format: 'date-time' }),
    lastReconciledDuration: string('How long the last reconciliation took.'),
    lastReconciledStatus: string('How the last reconciliation ended.'),
    totalReconciliations: integer('How often it was reconciled.'),
    metadata: optional(map('What it was, such as its revision.')),
  },
  'One state that was reconciled.',
);

const status = object(
  {
    observedGeneration: optional(observedGeneration),
    conditions: optional(conditions),
    lastAppliedRevision: optional(string('The revision that was last applied in full.')),
    lastAppliedOriginRevision: optional(string("The revision of the source's own source that was last applied.")),
    lastAttemptedRevision: optional(string('The revision that was last tried.')),
    lastHandledReconcileAt: optional(lastHandledReconcileAt),
    inventory: optional(inventory),
    history: optional(list(snapshot, 'The last five states that were reconciled, newest first.')),
  },
  'What has been applied.',
  { default: STATUS_DEFAULT },
);

export type KustomizationSpec = Described<typeof spec>;
export type KustomizationStatus = Described<typeof status>;
export type Dependency = Described<typeof dependency>;
export type SourceReference = Described<typeof sourceReference>;
export type HistoryEntry = Described<typeof snapshot>;

/** A directory of a source, applied to a cluster and kept true. */
export interface Kustomization extends KubeObject {
  readonly spec: KustomizationSpec;
  readonly status?: KustomizationStatus;
}

export const kustomizationDefinition = crd<Kustomization>({
  group: 'kustomize.toolkit.fluxcd.io',
  version: 'v1',
  kind: 'Kustomization',
  plural: 'kustomizations',
  singular: 'kustomization',
  shortNames: ['ks'],
  categories: ['all', 'fluxcd', 'fluxcd-appliers'],
  description: 'A directory of a source, applied to a cluster and kept true.',
  columns: [AGE, READY, STATUS],
  spec,
  status,
});

export const kustomizations = kustomizationDefinition.resource;
