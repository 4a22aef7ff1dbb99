import { type FieldSpec, fieldSpec } from './field-spec.ts';
import type { Referral } from './referral.ts';

/** Where pod specs are, by kind. */
const POD_SPECS: Readonly<Record<string, string>> = {
  Pod: 'spec',
  PodTemplate: 'template/spec',
  ReplicationController: 'spec/template/spec',
  Deployment: 'spec/template/spec',
  ReplicaSet: 'spec/template/spec',
  DaemonSet: 'spec/template/spec',
  StatefulSet: 'spec/template/spec',
  Job: 'spec/template/spec',
  CronJob: 'spec/jobTemplate/spec/template/spec',
};

// kustomize forgets a kind here and there; so do we, that the same names come out.
const WITH_CONFIG = ['Pod', 'PodTemplate', 'Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job', 'CronJob'];
const WITH_ACCOUNT = ['Pod', 'StatefulSet', 'Deployment', 'ReplicationController', 'CronJob', 'Job', 'DaemonSet'];

const inPods = (kinds: readonly string[], paths: readonly string[]): readonly FieldSpec[] =>
  kinds.flatMap((kind) => paths.map((path) => fieldSpec(`${POD_SPECS[kind]}/${path}`, { kind })));

const inContainers = (paths: readonly string[]): readonly string[] =>
  ['containers', 'initContainers'].flatMap((list) => paths.map((path) => `${list}/${path}`));

const inKind = (kind: string, paths: readonly string[]): readonly FieldSpec[] => paths.map((path) => fieldSpec(path, { kind }));

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';

/** The name references that kustomize knows without being told. */
export const REFERRALS: readonly Referral[] = [
  ...['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map((kind) => ({
    kind,
    fields: inKind('HorizontalPodAutoscaler', ['spec/scaleTargetRef/name']),
  })),
  {
    kind: 'ConfigMap',
    version: 'v1',
    fields: [
      ...inPods(WITH_CONFIG, [
        'volumes/configMap/name',
        'volumes/projected/sources/configMap/name',
        ...inContainers(['env/valueFrom/configMapKeyRef/name', 'envFrom/configMapRef/name']),
      ]),
      ...inKind('Node', ['spec/configSource/configMap']),
      ...inKind('Role', ['rules/resourceNames']),
      ...inKind('ClusterRole', ['rules/resourceNames']),
      ...inKind('Ingress', ['metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap']),
    ],
  },
  {
    kind: 'Secret',
    version: 'v1',
    fields: [
      ...inPods(WITH_CONFIG, [
        'volumes/secret/secretName',
        'volumes/projected/sources/secret/name',
        'imagePullSecrets/name',
        ...inContainers(['env/valueFrom/secretKeyRef/name', 'envFrom/secretRef/name']),
      ]),
      ...inKind('Ingress', [
        'spec/tls/secretName',
        'metadata/annotations/ingress.kubernetes.io\\/auth-secret',
        'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret',
        'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret',
      ]),
      ...inKind('ServiceAccount', ['imagePullSecrets/name']),
      ...inKind(
        'StorageClass',
        ['secretName', 'adminSecretName', 'userSecretName', 'secretRef'].map((name) => `parameters/${name}`),
      ),
      ...inKind('Role', ['rules/resourceNames']),
      ...inKind('ClusterRole', ['rules/resourceNames']),
      fieldSpec('spec/template/spec/containers/env/valueFrom/secretKeyRef/name', {
        kind: 'Service',
        group: 'serving.knative.dev',
        version: 'v1',
      }),
      ...inKind('PersistentVolume', ['spec/azureFile/secretName']),
    ],
  },
  {
    kind: 'Service',
    version: 'v1',
    fields: [
      fieldSpec('spec/serviceName', { kind: 'StatefulSet', group: 'apps' }),
      ...inKind('Ingress', [
        'spec/rules/http/paths/backend/serviceName',
        'spec/backend/serviceName',
        'spec/rules/http/paths/backend/service/name',
        'spec/defaultBackend/service/name',
      ]),
      fieldSpec('spec/service/name', { kind: 'APIService', group: 'apiregistration.k8s.io' }),
      ...['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map((kind) =>
        fieldSpec('webhooks/clientConfig/service', { kind, group: ADMISSION }),
      ),
    ],
  },
  { kind: 'Role', group: RBAC, fields: [fieldSpec('roleRef/name', { kind: 'RoleBinding', group: RBAC })] },
  {
    kind: 'ClusterRole',
    group: RBAC,
    fields: ['RoleBinding', 'ClusterRoleBinding'].map((kind) => fieldSpec('roleRef/name', { kind, group: RBAC })),
  },
  {
    kind: 'ServiceAccount',
    version: 'v1',
    fields: [
      ...['RoleBinding', 'ClusterRoleBinding'].map((kind) => fieldSpec('subjects', { kind, group: RBAC })),
      ...inPods(WITH_ACCOUNT, ['serviceAccountName']),
    ],
  },
  { kind: 'PersistentVolumeClaim', version: 'v1', fields: inPods(WITH_ACCOUNT, ['volumes/persistentVolumeClaim/claimName']) },
  {
    kind: 'PersistentVolume',
    version: 'v1',
    fields: [...inKind('PersistentVolumeClaim', ['spec/volumeName']), ...inKind('ClusterRole', ['rules/resourceNames'])],
  },
  {
    kind: 'StorageClass',
    version: 'v1',
    group: 'storage.k8s.io',
    fields: [
      ...inKind('PersistentVolume', ['spec/storageClassName']),
      ...inKind('PersistentVolumeClaim', ['spec/storageClassName']),
      ...inKind('StatefulSet', ['spec/volumeClaimTemplates/spec/storageClassName']),
    ],
  },
  { kind: 'PriorityClass', version: 'v1', group: 'scheduling.k8s.io', fields: inPods(WITH_ACCOUNT, ['priorityClassName']) },
  {
    kind: 'ValidatingAdmissionPolicy',
    group: ADMISSION,
    fields: [fieldSpec('spec/policyName', { kind: 'ValidatingAdmissionPolicyBinding', group: ADMISSION })],
  },
];
