import type { GroupVersionKind } from '@gotk/apimachinery';

const STABLE_AND_BETA = ['v1', 'v1beta1'];

// What kustomize knows to be without a namespace: the OpenAPI document of Kubernetes 1.21, which it carries, and the two policies that were added to it.
// All other kinds are taken for namespaced ones, also newer versions of these: the API server drops the namespace again.
const KINDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  '': { ComponentStatus: ['v1'], Namespace: ['v1'], Node: ['v1'], PersistentVolume: ['v1'] },
  'admissionregistration.k8s.io': {
    MutatingWebhookConfiguration: STABLE_AND_BETA,
    ValidatingAdmissionPolicy: ['v1'],
    ValidatingAdmissionPolicyBinding: ['v1'],
    ValidatingWebhookConfiguration: STABLE_AND_BETA,
  },
  'apiextensions.k8s.io': { CustomResourceDefinition: STABLE_AND_BETA },
  'apiregistration.k8s.io': { APIService: STABLE_AND_BETA },
  'certificates.k8s.io': { CertificateSigningRequest: STABLE_AND_BETA },
  'flowcontrol.apiserver.k8s.io': { FlowSchema: ['v1beta1'], PriorityLevelConfiguration: ['v1beta1'] },
  'networking.k8s.io': { IngressClass: STABLE_AND_BETA },
  'node.k8s.io': { RuntimeClass: STABLE_AND_BETA },
  policy: { PodSecurityPolicy: ['v1beta1'] },
  'rbac.authorization.k8s.io': { ClusterRole: STABLE_AND_BETA, ClusterRoleBinding: STABLE_AND_BETA },
  'scheduling.k8s.io': { PriorityClass: STABLE_AND_BETA },
  'storage.k8s.io': {
    CSIDriver: STABLE_AND_BETA,
    CSINode: STABLE_AND_BETA,
    StorageClass: STABLE_AND_BETA,
    VolumeAttachment: STABLE_AND_BETA,
  },
};

/** Whether kustomize leaves objects of this kind without a namespace. */
export function isClusterScoped({ group, version, kind }: GroupVersionKind): boolean {
  const kinds = Object.hasOwn(KINDS, group) ? KINDS[group] : undefined;
  return kinds !== undefined && Object.hasOwn(kinds, kind) && kinds[kind]?.includes(version) === true;
}
