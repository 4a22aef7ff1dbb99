import { compareKinds } from '../resource/kind-order.ts';
import { type FieldSpec, fieldSpec } from './field-spec.ts';
import { REFERRALS } from './referrals.ts';
import type { TransformerConfig } from './transformer-config.ts';
import { VAR_REFERENCES } from './var-references.ts';

const TEMPLATES: readonly (readonly [path: string, kinds: Omit<FieldSpec, 'path' | 'create'>])[] = [
  ['spec/template/metadata', { version: 'v1', kind: 'ReplicationController' }],
  ['spec/template/metadata', { kind: 'Deployment' }],
  ['spec/template/metadata', { kind: 'ReplicaSet' }],
  ['spec/template/metadata', { kind: 'DaemonSet' }],
  ['spec/template/metadata', { group: 'batch', kind: 'Job' }],
  ['spec/jobTemplate/metadata', { group: 'batch', kind: 'CronJob' }],
  ['spec/jobTemplate/spec/template/metadata', { group: 'batch', kind: 'CronJob' }],
];
const STATEFUL_SET = { group: 'apps', kind: 'StatefulSet' } as const;

const TEMPLATE_LABELS: readonly FieldSpec[] = [
  fieldSpec('metadata/labels', { create: true }),
  ...TEMPLATES.map(([path, kinds]) => fieldSpec(`${path}/labels`, { ...kinds, create: true })),
  fieldSpec('spec/template/metadata/labels', { ...STATEFUL_SET, create: true }),
];

const TEMPLATE_ANNOTATIONS: readonly FieldSpec[] = [
  fieldSpec('metadata/annotations', { create: true }),
  ...TEMPLATES.map(([path, kinds]) => fieldSpec(`${path}/annotations`, { ...kinds, create: true })),
  // For annotations, unlike for labels, kustomize asks for no group.
  fieldSpec('spec/template/metadata/annotations', { kind: 'StatefulSet', create: true }),
];

const CLAIM_LABELS: readonly FieldSpec[] = [fieldSpec('spec/volumeClaimTemplates[]/metadata/labels', { ...STATEFUL_SET, create: true })];

const AFFINITIES = ['podAffinity', 'podAntiAffinity'].flatMap((affinity) => [
  `${affinity}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm`,
  `${affinity}/requiredDuringSchedulingIgnoredDuringExecution`,
]);

const SELECTORS: readonly FieldSpec[] = [
  fieldSpec('spec/selector', { version: 'v1', kind: 'Service', create: true }),
  fieldSpec('spec/selector', { version: 'v1', kind: 'ReplicationController', create: true }),
  ...['Deployment', 'ReplicaSet', 'DaemonSet'].map((kind) => fieldSpec('spec/selector/matchLabels', { kind, create: true })),
  fieldSpec('spec/selector/matchLabels', { ...STATEFUL_SET, create: true }),
  ...['Deployment', 'StatefulSet'].flatMap((kind) =>
    [...AFFINITIES.map((term) => `affinity/${term}`), 'topologySpreadConstraints'].map((rule) =>
      fieldSpec(`spec/template/spec/${rule}/labelSelector/matchLabels`, { group: 'apps', kind }),
    ),
  ),
  fieldSpec('spec/selector/matchLabels', { group: 'batch', kind: 'Job' }),
  fieldSpec('spec/jobTemplate/spec/selector/matchLabels', { group: 'batch', kind: 'CronJob' }),
  fieldSpec('spec/selector/matchLabels', { group: 'policy', kind: 'PodDisruptionBudget' }),
  ...['podSelector', 'ingress/from/podSelector', 'egress/to/podSelector'].map((selector) =>
    fieldSpec(`spec/${selector}/matchLabels`, { group: 'networking.k8s.io', kind: 'NetworkPolicy' }),
  ),
];

const NAMESPACES: readonly FieldSpec[] = [
  fieldSpec('metadata/name', { kind: 'Namespace', create: true }),
  fieldSpec('spec/service/namespace', { kind: 'APIService', group: 'apiregistration.k8s.io', create: true }),
  fieldSpec('spec/conversion/webhook/clientConfig/service/namespace', { kind: 'CustomResourceDefinition', group: 'apiextensions.k8s.io' }),
];

// The containers of a CronJob are not listed: they are found by their name. Nothing is ever created in a list, but configurations for the same path have to
// agree in what they say.
const IMAGES: readonly FieldSpec[] = [
  ...['spec', 'spec/template/spec'].flatMap((pod) => [`${pod}/containers[]/image`, `${pod}/initContainers[]/image`]),
  ...['spec', 'spec/template/spec', 'spec/jobTemplate/spec/template/spec'].map((pod) => `${pod}/volumes[]/image/reference`),
].map((path) => fieldSpec(path, { create: true }));

const REPLICAS: readonly FieldSpec[] = ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map((kind) =>
  fieldSpec('spec/replicas', { kind, create: true }),
);

const sorted = (specs: readonly FieldSpec[]): readonly FieldSpec[] => specs.toSorted(compareKinds);

/** What kustomize knows without being told. */
export const DEFAULT_CONFIG: TransformerConfig = {
  namePrefix: [fieldSpec('metadata/name')],
  nameSuffix: [fieldSpec('metadata/name')],
  namespace: sorted(NAMESPACES),
  commonLabels: sorted([...SELECTORS, ...TEMPLATE_LABELS, ...CLAIM_LABELS]),
  labels: [],
  templateLabels: sorted(TEMPLATE_LABELS),
  volumeClaimTemplateLabels: CLAIM_LABELS,
  commonAnnotations: sorted(TEMPLATE_ANNOTATIONS),
  varReference: sorted(VAR_REFERENCES),
  images: IMAGES,
  replicas: sorted(REPLICAS),
  nameReference: REFERRALS.toSorted(compareKinds),
};
