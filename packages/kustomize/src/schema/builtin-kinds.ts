/** Kinds of one apiVersion, by whether they have a namespace. `unscoped`: the document does not tell. */
export interface BuiltinKinds {
  /** The package that their definitions are in. */
  readonly package: string;
  readonly namespaced?: string;
  readonly cluster?: string;
  readonly unscoped?: string;
}

/**
 * The kinds of the OpenAPI document of Kubernetes 1.21.2, which kustomize carries (kyaml/openapi): those that have metadata, without lists of them.
 * What came to Kubernetes later is not there, and so unknown: HorizontalPodAutoscaler in autoscaling/v2, for one.
 */
export const BUILTIN_KINDS: Readonly<Record<string, BuiltinKinds>> = {
  'admissionregistration.k8s.io/v1': {
    package: 'api.admissionregistration.v1',
    cluster: 'MutatingWebhookConfiguration ValidatingWebhookConfiguration',
  },
  'admissionregistration.k8s.io/v1beta1': {
    package: 'api.admissionregistration.v1beta1',
    cluster: 'MutatingWebhookConfiguration ValidatingWebhookConfiguration',
  },
  'apiextensions.k8s.io/v1': { package: 'apiextensions-apiserver.pkg.apis.apiextensions.v1', cluster: 'CustomResourceDefinition' },
  'apiextensions.k8s.io/v1beta1': {
    package: 'apiextensions-apiserver.pkg.apis.apiextensions.v1beta1',
    cluster: 'CustomResourceDefinition',
  },
  'apiregistration.k8s.io/v1': { package: 'kube-aggregator.pkg.apis.apiregistration.v1', cluster: 'APIService' },
  'apiregistration.k8s.io/v1beta1': { package: 'kube-aggregator.pkg.apis.apiregistration.v1beta1', cluster: 'APIService' },
  'apps/v1': { package: 'api.apps.v1', namespaced: 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet' },
  'authentication.k8s.io/v1': { package: 'api.authentication.v1', unscoped: 'TokenRequest TokenReview' },
  'authentication.k8s.io/v1beta1': { package: 'api.authentication.v1beta1', unscoped: 'TokenReview' },
  'authorization.k8s.io/v1': {
    package: 'api.authorization.v1',
    unscoped: 'LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview',
  },
  'authorization.k8s.io/v1beta1': {
    package: 'api.authorization.v1beta1',
    unscoped: 'LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview',
  },
  'autoscaling/v1': { package: 'api.autoscaling.v1', namespaced: 'HorizontalPodAutoscaler Scale' },
  'autoscaling/v2beta1': { package: 'api.autoscaling.v2beta1', namespaced: 'HorizontalPodAutoscaler' },
  'autoscaling/v2beta2': { package: 'api.autoscaling.v2beta2', namespaced: 'HorizontalPodAutoscaler' },
  'batch/v1': { package: 'api.batch.v1', namespaced: 'CronJob Job' },
  'batch/v1beta1': { package: 'api.batch.v1beta1', namespaced: 'CronJob' },
  'certificates.k8s.io/v1': { package: 'api.certificates.v1', cluster: 'CertificateSigningRequest' },
  'certificates.k8s.io/v1beta1': { package: 'api.certificates.v1beta1', cluster: 'CertificateSigningRequest' },
  'coordination.k8s.io/v1': { package: 'api.coordination.v1', namespaced: 'Lease' },
  'coordination.k8s.io/v1beta1': { package: 'api.coordination.v1beta1', namespaced: 'Lease' },
  'discovery.k8s.io/v1': { package: 'api.discovery.v1', namespaced: 'EndpointSlice' },
  'discovery.k8s.io/v1beta1': { package: 'api.discovery.v1beta1', namespaced: 'EndpointSlice' },
  'events.k8s.io/v1': { package: 'api.events.v1', namespaced: 'Event' },
  'events.k8s.io/v1beta1': { package: 'api.events.v1beta1', namespaced: 'Event' },
  'extensions/v1beta1': { package: 'api.extensions.v1beta1', namespaced: 'Ingress' },
  'flowcontrol.apiserver.k8s.io/v1beta1': { package: 'api.flowcontrol.v1beta1', cluster: 'FlowSchema PriorityLevelConfiguration' },
  'networking.k8s.io/v1': { package: 'api.networking.v1', namespaced: 'Ingress NetworkPolicy', cluster: 'IngressClass' },
  'networking.k8s.io/v1beta1': { package: 'api.networking.v1beta1', namespaced: 'Ingress', cluster: 'IngressClass' },
  'node.k8s.io/v1': { package: 'api.node.v1', cluster: 'RuntimeClass' },
  'node.k8s.io/v1beta1': { package: 'api.node.v1beta1', cluster: 'RuntimeClass' },
  'policy/v1': { package: 'api.policy.v1', namespaced: 'PodDisruptionBudget' },
  'policy/v1beta1': {
    package: 'api.policy.v1beta1',
    namespaced: 'PodDisruptionBudget',
    cluster: 'PodSecurityPolicy',
    unscoped: 'Eviction',
  },
  'rbac.authorization.k8s.io/v1': { package: 'api.rbac.v1', namespaced: 'Role RoleBinding', cluster: 'ClusterRole ClusterRoleBinding' },
  'rbac.authorization.k8s.io/v1beta1': {
    package: 'api.rbac.v1beta1',
    namespaced: 'Role RoleBinding',
    cluster: 'ClusterRole ClusterRoleBinding',
  },
  'scheduling.k8s.io/v1': { package: 'api.scheduling.v1', cluster: 'PriorityClass' },
  'scheduling.k8s.io/v1beta1': { package: 'api.scheduling.v1beta1', cluster: 'PriorityClass' },
  'storage.k8s.io/v1': { package: 'api.storage.v1', cluster: 'CSIDriver CSINode StorageClass VolumeAttachment' },
  'storage.k8s.io/v1beta1': {
    package: 'api.storage.v1beta1',
    namespaced: 'CSIStorageCapacity',
    cluster: 'CSIDriver CSINode StorageClass VolumeAttachment',
  },
  v1: {
    package: 'api.core.v1',
    namespaced:
      'ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount',
    cluster: 'ComponentStatus Namespace Node PersistentVolume',
    unscoped: 'Binding',
  },
};

/** Kinds of which kustomize knows no more than whether they have a namespace: some that are only in paths, and two that came later. */
export const SCOPE_ONLY: Readonly<Record<string, Omit<BuiltinKinds, 'package' | 'unscoped'>>> = {
  'admissionregistration.k8s.io/v1': { cluster: 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding' },
  v1: {
    namespaced: 'PodAttachOptions PodExecOptions PodPortForwardOptions PodProxyOptions ServiceProxyOptions',
    cluster: 'NodeProxyOptions',
  },
};
