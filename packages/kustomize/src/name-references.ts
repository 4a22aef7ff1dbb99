import { type FieldSpec, visitPath } from './field-path.ts';
import { type BuildResource, idOf, type JsonMap, metadataOf } from './resource.ts';

/** Where one kind is named by others. */
interface Referral {
  readonly kind: string;
  readonly group?: string;
  readonly fields: readonly FieldSpec[];
}

/** Where pod specs are, by kind. */
const POD_SPECS: readonly (readonly [kind: string, path: string])[] = [
  ['Pod', 'spec'],
  ['PodTemplate', 'template/spec'],
  ['ReplicationController', 'spec/template/spec'],
  ['Deployment', 'spec/template/spec'],
  ['ReplicaSet', 'spec/template/spec'],
  ['DaemonSet', 'spec/template/spec'],
  ['StatefulSet', 'spec/template/spec'],
  ['Job', 'spec/template/spec'],
  ['CronJob', 'spec/jobTemplate/spec/template/spec'],
];

const inPods = (paths: readonly string[]): readonly FieldSpec[] =>
  POD_SPECS.flatMap(([kind, base]) => paths.map((path) => ({ kind, path: `${base}/${path}` })));
const inContainers = (paths: readonly string[]): readonly string[] =>
  ['containers', 'initContainers'].flatMap((list) => paths.map((path) => `${list}[]/${path}`));

/** The built-in name references of kustomize. */
const REFERRALS: readonly Referral[] = [
  {
    kind: 'ConfigMap',
    fields: inPods([
      'volumes[]/configMap/name',
      'volumes[]/projected/sources[]/configMap/name',
      ...inContainers(['env[]/valueFrom/configMapKeyRef/name', 'envFrom[]/configMapRef/name']),
    ]),
  },
  {
    kind: 'Secret',
    fields: [
      ...inPods([
        'volumes[]/secret/secretName',
        'volumes[]/projected/sources[]/secret/name',
        'imagePullSecrets[]/name',
        ...inContainers(['env[]/valueFrom/secretKeyRef/name', 'envFrom[]/secretRef/name']),
      ]),
      { kind: 'ServiceAccount', path: 'imagePullSecrets[]/name' },
      { kind: 'ServiceAccount', path: 'secrets[]/name' },
      { kind: 'Ingress', path: 'spec/tls[]/secretName' },
    ],
  },
  {
    kind: 'Service',
    fields: [
      { kind: 'StatefulSet', path: 'spec/serviceName' },
      { kind: 'Ingress', path: 'spec/rules[]/http/paths[]/backend/service/name' },
      { kind: 'Ingress', path: 'spec/rules[]/http/paths[]/backend/serviceName' },
      { kind: 'Ingress', path: 'spec/defaultBackend/service/name' },
      { kind: 'Ingress', path: 'spec/backend/serviceName' },
      { kind: 'APIService', path: 'spec/service/name' },
      { kind: 'MutatingWebhookConfiguration', path: 'webhooks[]/clientConfig/service/name' },
      { kind: 'ValidatingWebhookConfiguration', path: 'webhooks[]/clientConfig/service/name' },
      { kind: 'CustomResourceDefinition', path: 'spec/conversion/webhook/clientConfig/service/name' },
    ],
  },
  {
    kind: 'ServiceAccount',
    fields: [
      ...inPods(['serviceAccountName']),
      { kind: 'RoleBinding', path: 'subjects[]/name' },
      { kind: 'ClusterRoleBinding', path: 'subjects[]/name' },
    ],
  },
  {
    kind: 'Role',
    group: 'rbac.authorization.k8s.io',
    fields: [{ kind: 'RoleBinding', path: 'roleRef/name' }],
  },
  {
    kind: 'ClusterRole',
    group: 'rbac.authorization.k8s.io',
    fields: [
      { kind: 'RoleBinding', path: 'roleRef/name' },
      { kind: 'ClusterRoleBinding', path: 'roleRef/name' },
    ],
  },
  { kind: 'PersistentVolumeClaim', fields: inPods(['volumes[]/persistentVolumeClaim/claimName']) },
  { kind: 'PersistentVolume', fields: [{ kind: 'PersistentVolumeClaim', path: 'spec/volumeName' }] },
  {
    kind: 'StorageClass',
    fields: [
      { kind: 'PersistentVolume', path: 'spec/storageClassName' },
      { kind: 'PersistentVolumeClaim', path: 'spec/storageClassName' },
      { kind: 'StatefulSet', path: 'spec/volumeClaimTemplates[]/spec/storageClassName' },
    ],
  },
  { kind: 'PriorityClass', fields: inPods(['priorityClassName']) },
  { kind: 'IngressClass', fields: [{ kind: 'Ingress', path: 'spec/ingressClassName' }] },
  ...['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet'].map((kind) => ({
    kind,
    fields: [{ kind: 'HorizontalPodAutoscaler', path: 'spec/scaleTargetRef/name' }],
  })),
];

/** Fields that name objects of several kinds say which: a reference is followed only to that kind. */
const KIND_BESIDE = /^(subjects\[\]|roleRef|spec\/scaleTargetRef)\/name$/;

/**
 * Rewrites references by name to objects whose names or namespaces were changed by the build. Runs once, at the end, when everything has its last name.
 * A reference to something that is not part of the build is left alone.
 */
export function fixNameReferences(resources: readonly BuildResource[]): void {
  const renamed = resources.filter(({ object, pastIds }) =>
    pastIds.some((id) => id.name !== idOf(object).name || id.namespace !== idOf(object).namespace),
  );
  if (renamed.length === 0) return;
  for (const { kind, group = '', fields } of REFERRALS) {
    const candidates = resources.filter(({ object }) => object.kind === kind && (group === '' || idOf(object).gvk.group === group));
    if (candidates.length === 0) continue;
    for (const resource of resources) {
      for (const field of fields) {
        if (field.kind !== resource.object.kind) continue;
        visitPath(resource.object, field.path, {
          create: false,
          visit: (holder, key) => follow(holder, key, { resource, candidates, kind, path: field.path }),
        });
      }
    }
  }
}

interface Reference {
  readonly resource: BuildResource;
  readonly candidates: readonly BuildResource[];
  readonly kind: string;
  readonly path: string;
}

function follow(holder: JsonMap, key: string, { resource, candidates, kind, path }: Reference): void {
  const name = holder[key];
  if (typeof name !== 'string') return;
  if (KIND_BESIDE.test(path) && holder.kind !== undefined && holder.kind !== kind) return;
  const namespace = typeof holder.namespace === 'string' ? holder.namespace : undefined;
  const target = best(
    candidates.filter((candidate) => wasCalled(candidate, name, namespace)),
    resource,
  );
  if (target === undefined) return;
  const id = idOf(target.object);
  holder[key] = id.name;
  // A reference that names a namespace as well follows its object there.
  const named = path === 'subjects[]/name' || holder.namespace !== undefined;
  if (named && id.namespace !== '') holder.namespace = id.namespace;
}

const wasCalled = ({ object, pastIds }: BuildResource, name: string, namespace: string | undefined): boolean =>
  [...pastIds, idOf(object)].some((id) => id.name === name && (namespace === undefined || (id.namespace || 'default') === namespace));

/** Of several objects that once had the name, the one that came the same way as the referrer: same namespace, most directories in common. */
function best(candidates: readonly BuildResource[], { object, roots }: BuildResource): BuildResource | undefined {
  const namespace = metadataOf(object).namespace;
  const score = (candidate: BuildResource) =>
    candidate.roots.filter((root) => roots.includes(root)).length * 2 + (metadataOf(candidate.object).namespace === namespace ? 1 : 0);
  return [...candidates].sort((a, b) => score(b) - score(a))[0];
}
