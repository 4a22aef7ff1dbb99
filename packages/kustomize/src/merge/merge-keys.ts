import { type GroupVersionKind, renderApiVersion } from '@gotk/apimachinery';

/** What a strategic merge needs to know about a value: how a list of it is merged, and the same about its fields. */
export interface MergeShape {
  /** The fields by which the items of a list are told apart; none of them: a list of plain values that a patch adds to. Undefined: replaced whole. */
  readonly keys?: readonly string[];
  /** Fields of the map, or of the items of the list. */
  readonly fields?: Readonly<Record<string, MergeShape>>;
}

const by = (...keys: readonly string[]): MergeShape => ({ keys });
const SET: MergeShape = { keys: [] };
const map = (fields: Readonly<Record<string, MergeShape>>): MergeShape => ({ fields });

const METADATA = map({ finalizers: SET, ownerReferences: by('uid') });
const CONDITIONS = map({ conditions: by('type') });

const CONTAINER = { env: by('name'), volumeDevices: by('devicePath'), volumeMounts: by('mountPath') };
const CONTAINERS: MergeShape = { keys: ['name'], fields: { ...CONTAINER, ports: by('containerPort', 'protocol') } };

const POD_SPEC = map({
  containers: CONTAINERS,
  initContainers: CONTAINERS,
  ephemeralContainers: { keys: ['name'], fields: CONTAINER },
  hostAliases: by('ip'),
  imagePullSecrets: by('name'),
  topologySpreadConstraints: by('topologyKey', 'whenUnsatisfiable'),
  volumes: { keys: ['name'], fields: { ephemeral: map({ volumeClaimTemplate: map({ metadata: METADATA }) }) } },
});
const POD_TEMPLATE = map({ metadata: METADATA, spec: POD_SPEC });
const WORKLOAD = { spec: map({ template: POD_TEMPLATE }), status: CONDITIONS };
const CLAIM = { metadata: METADATA, status: CONDITIONS };
const WEBHOOKS = { webhooks: by('name') };
const CRON_JOB = {
  spec: map({ jobTemplate: map({ metadata: METADATA, spec: map({ template: POD_TEMPLATE }) }) }),
};

// The kinds of the OpenAPI document that kustomize carries (Kubernetes 1.21) which have lists to merge.
const KINDS: Readonly<Record<string, Readonly<Record<string, MergeShape>>>> = {
  'v1 Pod': { spec: POD_SPEC, status: map({ conditions: by('type'), podIPs: by('ip') }) },
  'v1 PodTemplate': { template: POD_TEMPLATE },
  'v1 ReplicationController': WORKLOAD,
  'v1 Service': { spec: map({ ports: by('port', 'protocol') }), status: CONDITIONS },
  'v1 ServiceAccount': { secrets: by('name') },
  'v1 Namespace': { status: CONDITIONS },
  'v1 Node': { spec: map({ podCIDRs: SET }), status: map({ addresses: by('type'), conditions: by('type') }) },
  'v1 PersistentVolumeClaim': { status: CONDITIONS },
  'apps/v1 DaemonSet': WORKLOAD,
  'apps/v1 Deployment': WORKLOAD,
  'apps/v1 ReplicaSet': WORKLOAD,
  'apps/v1 StatefulSet': { spec: map({ template: POD_TEMPLATE, volumeClaimTemplates: map(CLAIM) }), status: CONDITIONS },
  'batch/v1 Job': WORKLOAD,
  'batch/v1 CronJob': CRON_JOB,
  'batch/v1beta1 CronJob': CRON_JOB,
  'policy/v1 PodDisruptionBudget': { status: CONDITIONS },
  'policy/v1beta1 PodDisruptionBudget': { status: CONDITIONS },
  'storage.k8s.io/v1 CSINode': { spec: map({ drivers: by('name') }) },
  'storage.k8s.io/v1beta1 CSINode': { spec: map({ drivers: by('name') }) },
  'apiregistration.k8s.io/v1 APIService': { status: CONDITIONS },
  'apiregistration.k8s.io/v1beta1 APIService': { status: CONDITIONS },
  'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration': WEBHOOKS,
  'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration': WEBHOOKS,
  'admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration': WEBHOOKS,
  'admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration': WEBHOOKS,
};

// The others of that document: only their metadata has lists to merge.
const PLAIN: Readonly<Record<string, readonly string[]>> = {
  'apiextensions.k8s.io/v1': ['CustomResourceDefinition'],
  'apiextensions.k8s.io/v1beta1': ['CustomResourceDefinition'],
  'apps/v1': ['ControllerRevision'],
  'autoscaling/v1': ['HorizontalPodAutoscaler'],
  'autoscaling/v2beta1': ['HorizontalPodAutoscaler'],
  'autoscaling/v2beta2': ['HorizontalPodAutoscaler'],
  'certificates.k8s.io/v1': ['CertificateSigningRequest'],
  'certificates.k8s.io/v1beta1': ['CertificateSigningRequest'],
  'coordination.k8s.io/v1': ['Lease'],
  'coordination.k8s.io/v1beta1': ['Lease'],
  'discovery.k8s.io/v1': ['EndpointSlice'],
  'discovery.k8s.io/v1beta1': ['EndpointSlice'],
  'extensions/v1beta1': ['Ingress'],
  'flowcontrol.apiserver.k8s.io/v1beta1': ['FlowSchema', 'PriorityLevelConfiguration'],
  'networking.k8s.io/v1': ['Ingress', 'IngressClass', 'NetworkPolicy'],
  'networking.k8s.io/v1beta1': ['Ingress', 'IngressClass'],
  'node.k8s.io/v1': ['RuntimeClass'],
  'node.k8s.io/v1beta1': ['RuntimeClass'],
  'policy/v1beta1': ['PodSecurityPolicy'],
  'rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'rbac.authorization.k8s.io/v1beta1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'scheduling.k8s.io/v1': ['PriorityClass'],
  'scheduling.k8s.io/v1beta1': ['PriorityClass'],
  'storage.k8s.io/v1': ['CSIDriver', 'StorageClass', 'VolumeAttachment'],
  'storage.k8s.io/v1beta1': ['CSIDriver', 'CSIStorageCapacity', 'StorageClass', 'VolumeAttachment'],
  v1: ['ConfigMap', 'Endpoints', 'LimitRange', 'PersistentVolume', 'ResourceQuota', 'Secret'],
};

/** How objects of a kind are merged; undefined for kinds that kustomize does not know, whose lists are replaced whole. */
export function mergeShapeOf(gvk: GroupVersionKind): MergeShape | undefined {
  const apiVersion = renderApiVersion(gvk);
  const key = `${apiVersion} ${gvk.kind}`;
  if (Object.hasOwn(KINDS, key)) return map({ ...KINDS[key], metadata: METADATA });
  return Object.hasOwn(PLAIN, apiVersion) && PLAIN[apiVersion]?.includes(gvk.kind) ? map({ metadata: METADATA }) : undefined;
}
