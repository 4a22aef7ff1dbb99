/** A field that holds another definition, by its name; or a list, with the keys to merge it by and what its items are. */
type BuiltinField = string | { readonly keys: readonly string[]; readonly items?: string };
type BuiltinFields = Readonly<Record<string, BuiltinField>>;

const by = (keys: string, items?: string): BuiltinField => ({ keys: keys.split(' '), ...(items === undefined ? {} : { items }) });
const SET: BuiltinField = { keys: [] };

/** What every kind has as its metadata. */
export const OBJECT_META = 'apimachinery.pkg.apis.meta.v1.ObjectMeta';

const POD_TEMPLATE = { template: 'api.core.v1.PodTemplateSpec' };
const CONDITIONS = { conditions: by('type') };
const WEBHOOKS = { webhooks: by('name') };
const DRIVERS = { drivers: by('name') };
const CONTAINER = { env: by('name'), volumeDevices: by('devicePath'), volumeMounts: by('mountPath') };

/**
 * The definitions of the OpenAPI document of Kubernetes 1.21.2, as kustomize carries it, that lead to lists which are merged; `io.k8s.` is left out of
 * their names. Without what lies in lists that are replaced whole, as nothing there is ever merged. The metadata of kinds goes without saying.
 */
export const BUILTIN_DEFINITIONS: Readonly<Record<string, BuiltinFields>> = {
  [OBJECT_META]: { finalizers: SET, ownerReferences: by('uid') },

  'api.core.v1.Container': { ...CONTAINER, ports: by('containerPort protocol') },
  'api.core.v1.EphemeralContainer': CONTAINER,
  'api.core.v1.EphemeralVolumeSource': { volumeClaimTemplate: 'api.core.v1.PersistentVolumeClaimTemplate' },
  'api.core.v1.PersistentVolumeClaimTemplate': { metadata: OBJECT_META },
  'api.core.v1.PodSpec': {
    containers: by('name', 'api.core.v1.Container'),
    ephemeralContainers: by('name', 'api.core.v1.EphemeralContainer'),
    hostAliases: by('ip'),
    imagePullSecrets: by('name'),
    initContainers: by('name', 'api.core.v1.Container'),
    topologySpreadConstraints: by('topologyKey whenUnsatisfiable'),
    volumes: by('name', 'api.core.v1.Volume'),
  },
  'api.core.v1.PodTemplateSpec': { metadata: OBJECT_META, spec: 'api.core.v1.PodSpec' },
  'api.core.v1.Volume': { ephemeral: 'api.core.v1.EphemeralVolumeSource' },

  'api.core.v1.ComponentStatus': CONDITIONS,
  'api.core.v1.Namespace': { status: 'api.core.v1.NamespaceStatus' },
  'api.core.v1.NamespaceStatus': CONDITIONS,
  'api.core.v1.Node': { spec: 'api.core.v1.NodeSpec', status: 'api.core.v1.NodeStatus' },
  'api.core.v1.NodeSpec': { podCIDRs: SET },
  'api.core.v1.NodeStatus': { addresses: by('type'), ...CONDITIONS },
  'api.core.v1.PersistentVolumeClaim': { status: 'api.core.v1.PersistentVolumeClaimStatus' },
  'api.core.v1.PersistentVolumeClaimStatus': CONDITIONS,
  'api.core.v1.Pod': { spec: 'api.core.v1.PodSpec', status: 'api.core.v1.PodStatus' },
  'api.core.v1.PodStatus': { ...CONDITIONS, podIPs: by('ip') },
  'api.core.v1.PodTemplate': POD_TEMPLATE,
  'api.core.v1.ReplicationController': {
    spec: 'api.core.v1.ReplicationControllerSpec',
    status: 'api.core.v1.ReplicationControllerStatus',
  },
  'api.core.v1.ReplicationControllerSpec': POD_TEMPLATE,
  'api.core.v1.ReplicationControllerStatus': CONDITIONS,
  'api.core.v1.Service': { spec: 'api.core.v1.ServiceSpec', status: 'api.core.v1.ServiceStatus' },
  'api.core.v1.ServiceAccount': { secrets: by('name') },
  'api.core.v1.ServiceSpec': { ports: by('port protocol') },
  'api.core.v1.ServiceStatus': CONDITIONS,

  'api.apps.v1.DaemonSet': { spec: 'api.apps.v1.DaemonSetSpec', status: 'api.apps.v1.DaemonSetStatus' },
  'api.apps.v1.DaemonSetSpec': POD_TEMPLATE,
  'api.apps.v1.DaemonSetStatus': CONDITIONS,
  'api.apps.v1.Deployment': { spec: 'api.apps.v1.DeploymentSpec', status: 'api.apps.v1.DeploymentStatus' },
  'api.apps.v1.DeploymentSpec': POD_TEMPLATE,
  'api.apps.v1.DeploymentStatus': CONDITIONS,
  'api.apps.v1.ReplicaSet': { spec: 'api.apps.v1.ReplicaSetSpec', status: 'api.apps.v1.ReplicaSetStatus' },
  'api.apps.v1.ReplicaSetSpec': POD_TEMPLATE,
  'api.apps.v1.ReplicaSetStatus': CONDITIONS,
  'api.apps.v1.StatefulSet': { spec: 'api.apps.v1.StatefulSetSpec', status: 'api.apps.v1.StatefulSetStatus' },
  'api.apps.v1.StatefulSetSpec': POD_TEMPLATE,
  'api.apps.v1.StatefulSetStatus': CONDITIONS,

  'api.batch.v1.CronJob': { spec: 'api.batch.v1.CronJobSpec' },
  'api.batch.v1.CronJobSpec': { jobTemplate: 'api.batch.v1.JobTemplateSpec' },
  'api.batch.v1.Job': { spec: 'api.batch.v1.JobSpec', status: 'api.batch.v1.JobStatus' },
  'api.batch.v1.JobSpec': POD_TEMPLATE,
  'api.batch.v1.JobStatus': CONDITIONS,
  'api.batch.v1.JobTemplateSpec': { metadata: OBJECT_META, spec: 'api.batch.v1.JobSpec' },
  'api.batch.v1beta1.CronJob': { spec: 'api.batch.v1beta1.CronJobSpec' },
  'api.batch.v1beta1.CronJobSpec': { jobTemplate: 'api.batch.v1beta1.JobTemplateSpec' },
  'api.batch.v1beta1.JobTemplateSpec': { metadata: OBJECT_META, spec: 'api.batch.v1.JobSpec' },

  'api.admissionregistration.v1.MutatingWebhookConfiguration': WEBHOOKS,
  'api.admissionregistration.v1.ValidatingWebhookConfiguration': WEBHOOKS,
  'api.admissionregistration.v1beta1.MutatingWebhookConfiguration': WEBHOOKS,
  'api.admissionregistration.v1beta1.ValidatingWebhookConfiguration': WEBHOOKS,
  'api.policy.v1.PodDisruptionBudget': { status: 'api.policy.v1.PodDisruptionBudgetStatus' },
  'api.policy.v1.PodDisruptionBudgetStatus': CONDITIONS,
  'api.policy.v1beta1.PodDisruptionBudget': { status: 'api.policy.v1beta1.PodDisruptionBudgetStatus' },
  'api.policy.v1beta1.PodDisruptionBudgetStatus': CONDITIONS,
  'api.storage.v1.CSINode': { spec: 'api.storage.v1.CSINodeSpec' },
  'api.storage.v1.CSINodeSpec': DRIVERS,
  'api.storage.v1beta1.CSINode': { spec: 'api.storage.v1beta1.CSINodeSpec' },
  'api.storage.v1beta1.CSINodeSpec': DRIVERS,
  'kube-aggregator.pkg.apis.apiregistration.v1.APIService': { status: 'kube-aggregator.pkg.apis.apiregistration.v1.APIServiceStatus' },
  'kube-aggregator.pkg.apis.apiregistration.v1.APIServiceStatus': CONDITIONS,
  'kube-aggregator.pkg.apis.apiregistration.v1beta1.APIService': {
    status: 'kube-aggregator.pkg.apis.apiregistration.v1beta1.APIServiceStatus',
  },
  'kube-aggregator.pkg.apis.apiregistration.v1beta1.APIServiceStatus': CONDITIONS,
};

/** How kustomize merges its own kind, Kustomization. */
export const KUSTOMIZATION: BuiltinFields = { configMapGenerator: by('name'), secretGenerator: by('name') };
