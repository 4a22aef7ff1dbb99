import { appliesTo, type FieldSpec, fieldSpec, visitPath } from '../config/field-spec.ts';
import type { LabelRule } from '../kustomization/rules.ts';
import { type BuildResource, idOf, isMap, type JsonMap, metadataOf } from '../resource/resource.ts';

type Pairs = Readonly<Record<string, string>>;

const METADATA: readonly (readonly [path: string, kinds: Omit<FieldSpec, 'path' | 'create'>])[] = [
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
  ...METADATA.map(([path, kinds]) => fieldSpec(`${path}/labels`, { ...kinds, create: true })),
  fieldSpec('spec/template/metadata/labels', { ...STATEFUL_SET, create: true }),
];

const TEMPLATE_ANNOTATIONS: readonly FieldSpec[] = [
  ...METADATA.map(([path, kinds]) => fieldSpec(`${path}/annotations`, { ...kinds, create: true })),
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

/** Adds labels; where asked, to pod templates, claim templates and selectors too. */
export function addLabels(resources: readonly BuildResource[], rules: readonly LabelRule[]): void {
  for (const { pairs, includeSelectors, includeTemplates, includeVolumeClaimTemplates } of rules) {
    addTo(resources, pairs, [
      fieldSpec('metadata/labels', { create: true }),
      ...(includeTemplates || includeSelectors ? TEMPLATE_LABELS : []),
      ...(includeVolumeClaimTemplates || includeSelectors ? CLAIM_LABELS : []),
      ...(includeSelectors ? SELECTORS : []),
    ]);
  }
}

/** Adds annotations, to pod templates too. */
export function addAnnotations(resources: readonly BuildResource[], pairs: Pairs): void {
  addTo(resources, pairs, [fieldSpec('metadata/annotations', { create: true }), ...TEMPLATE_ANNOTATIONS]);
}

function addTo(resources: readonly BuildResource[], pairs: Pairs, specs: readonly FieldSpec[]): void {
  if (Object.keys(pairs).length === 0) return;
  for (const { object } of resources) {
    const { gvk } = idOf(object);
    for (const spec of specs) if (appliesTo(spec, gvk)) visitPath(object, spec, (holder, key) => assign(holder, key, pairs));
  }
}

/** Sets labels and annotations on the objects alone, over those of the same name: Flux's `commonMetadata`. */
export function setMetadata(
  resources: readonly BuildResource[],
  { labels, annotations }: { readonly labels: Pairs; readonly annotations: Pairs },
): void {
  for (const { object } of resources) {
    if (Object.keys(labels).length > 0) assign(metadataOf(object), 'labels', labels);
    if (Object.keys(annotations).length > 0) assign(metadataOf(object), 'annotations', annotations);
  }
}

function assign(holder: JsonMap, key: string, pairs: Pairs): void {
  const current = holder[key];
  holder[key] = { ...(isMap(current) ? current : {}), ...pairs };
}
