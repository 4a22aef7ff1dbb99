import { type FieldSpec, fieldSpec } from './field-spec.ts';

/** Where pod specs are, by the kinds in which variables are looked for. */
const POD_SPECS: Readonly<Record<string, string>> = {
  CronJob: 'spec/jobTemplate/spec/template/spec',
  DaemonSet: 'spec/template/spec',
  Deployment: 'spec/template/spec',
  Job: 'spec/template/spec',
  Pod: 'spec',
  ReplicaSet: 'spec/template/spec',
  StatefulSet: 'spec/template/spec',
};

const IN_CONTAINERS = ['containers', 'initContainers'].flatMap((list) =>
  ['args', 'command', 'env/value', 'volumeMounts/mountPath'].map((field) => `${list}/${field}`),
);

// kustomize looks for the volumes of a CronJob, and for those of a StatefulSet, where none are; so do we, that the same fields are found.
const NFS: Readonly<Record<string, string>> = {
  CronJob: 'spec/jobTemplate/spec/template/volumes/nfs/server',
  DaemonSet: 'spec/template/spec/volumes/nfs/server',
  Deployment: 'spec/template/spec/volumes/nfs/server',
  Job: 'spec/template/spec/volumes/nfs/server',
  Pod: 'spec/volumes/nfs/server',
  ReplicaSet: 'spec/template/spec/volumes/nfs/server',
  StatefulSet: 'spec/volumeClaimTemplates/spec/nfs/server',
};

/** Where kustomize replaces `$(NAME)` without being told. */
export const VAR_REFERENCES: readonly FieldSpec[] = [
  ...Object.entries(POD_SPECS).flatMap(([kind, pod]) => IN_CONTAINERS.map((field) => fieldSpec(`${pod}/${field}`, { kind }))),
  ...Object.entries(NFS).map(([kind, path]) => fieldSpec(path, { kind })),
  fieldSpec('spec/template/metadata/annotations', { kind: 'Deployment' }),
  ...['spec/rules/host', 'spec/tls/hosts', 'spec/tls/secretName'].map((path) => fieldSpec(path, { kind: 'Ingress' })),
  ...['spec/ports/port', 'spec/ports/targetPort'].map((path) => fieldSpec(path, { kind: 'Service' })),
  fieldSpec('spec/nfs/server', { kind: 'PersistentVolume' }),
  fieldSpec('metadata/labels'),
  fieldSpec('metadata/annotations'),
];
