import { appliesTo, type FieldSpec, visitPath } from '../field-path.ts';
import type { LabelRule } from '../kustomization-file.ts';
import { type BuildResource, idOf, isMap, metadataOf } from '../resource.ts';

const TEMPLATED: readonly FieldSpec[] = [
  { path: 'spec/template/metadata/labels', create: true, kind: 'ReplicationController' },
  { path: 'spec/template/metadata/labels', create: true, group: 'apps', kind: 'Deployment' },
  { path: 'spec/template/metadata/labels', create: true, group: 'apps', kind: 'ReplicaSet' },
  { path: 'spec/template/metadata/labels', create: true, group: 'apps', kind: 'DaemonSet' },
  { path: 'spec/template/metadata/labels', create: true, group: 'apps', kind: 'StatefulSet' },
  { path: 'spec/template/metadata/labels', create: true, group: 'batch', kind: 'Job' },
  { path: 'spec/jobTemplate/metadata/labels', create: true, group: 'batch', kind: 'CronJob' },
  { path: 'spec/jobTemplate/spec/template/metadata/labels', create: true, group: 'batch', kind: 'CronJob' },
];

const SELECTORS: readonly FieldSpec[] = [
  { path: 'spec/selector', create: true, group: '', kind: 'Service' },
  { path: 'spec/selector', create: true, group: '', kind: 'ReplicationController' },
  { path: 'spec/selector/matchLabels', create: true, group: 'apps', kind: 'Deployment' },
  { path: 'spec/selector/matchLabels', create: true, group: 'apps', kind: 'ReplicaSet' },
  { path: 'spec/selector/matchLabels', create: true, group: 'apps', kind: 'DaemonSet' },
  { path: 'spec/selector/matchLabels', create: true, group: 'apps', kind: 'StatefulSet' },
  { path: 'spec/selector/matchLabels', group: 'batch', kind: 'Job' },
  { path: 'spec/jobTemplate/spec/selector/matchLabels', group: 'batch', kind: 'CronJob' },
  { path: 'spec/selector/matchLabels', group: 'policy', kind: 'PodDisruptionBudget' },
  { path: 'spec/podSelector/matchLabels', group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { path: 'spec/ingress[]/from[]/podSelector/matchLabels', group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { path: 'spec/egress[]/to[]/podSelector/matchLabels', group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { path: 'spec/volumeClaimTemplates[]/metadata/labels', group: 'apps', kind: 'StatefulSet' },
  ...['Deployment', 'StatefulSet'].flatMap((kind) =>
    ['podAffinity', 'podAntiAffinity'].flatMap((affinity) =>
      ['preferredDuringSchedulingIgnoredDuringExecution[]/podAffinityTerm', 'requiredDuringSchedulingIgnoredDuringExecution[]'].map(
        (rule) => ({
          path: `spec/template/spec/affinity/${affinity}/${rule}/labelSelector/matchLabels`,
          group: 'apps',
          kind,
        }),
      ),
    ),
  ),
  ...['Deployment', 'StatefulSet'].map((kind) => ({
    path: 'spec/template/spec/topologySpreadConstraints[]/labelSelector/matchLabels',
    group: 'apps',
    kind,
  })),
];

/** Adds labels; where asked, to pod templates and selectors too. */
export function addLabels(resources: readonly BuildResource[], rules: readonly LabelRule[]): void {
  for (const { pairs, includeSelectors, includeTemplates } of rules) {
    const specs = [...(includeTemplates ? TEMPLATED : []), ...(includeSelectors ? SELECTORS : [])];
    for (const { object } of resources) {
      assign(metadataOf(object), 'labels', pairs);
      const { gvk } = idOf(object);
      for (const spec of specs) {
        if (!appliesTo(spec, gvk)) continue;
        visitPath(object, spec.path, { create: spec.create === true, visit: (holder, key) => assign(holder, key, pairs) });
      }
    }
  }
}

const ANNOTATED: readonly FieldSpec[] = TEMPLATED.map((spec) => ({ ...spec, path: spec.path.replace(/labels$/, 'annotations') }));

/** Adds annotations, to pod templates too. */
export function addAnnotations(resources: readonly BuildResource[], pairs: Readonly<Record<string, string>>): void {
  if (Object.keys(pairs).length === 0) return;
  for (const { object } of resources) {
    assign(metadataOf(object), 'annotations', pairs);
    const { gvk } = idOf(object);
    for (const spec of ANNOTATED) {
      if (appliesTo(spec, gvk)) visitPath(object, spec.path, { create: true, visit: (holder, key) => assign(holder, key, pairs) });
    }
  }
}

/** Sets labels and annotations on the objects alone, over those of the same name: Flux's `commonMetadata`. */
export function setMetadata(
  resources: readonly BuildResource[],
  { labels, annotations }: { readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> },
): void {
  for (const { object } of resources) {
    if (Object.keys(labels).length > 0) assign(metadataOf(object), 'labels', labels);
    if (Object.keys(annotations).length > 0) assign(metadataOf(object), 'annotations', annotations);
  }
}

function assign(holder: Record<string, unknown>, key: string, pairs: Readonly<Record<string, string>>): void {
  holder[key] = { ...(isMap(holder[key]) ? holder[key] : {}), ...pairs };
}
