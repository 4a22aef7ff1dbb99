import type { Layout } from './layout.ts';

export function etcdFlags({ etcdUrl, etcdPeerUrl, file }: Layout): readonly string[] {
  return [
    '--name=testkit',
    `--data-dir=${file('etcd')}`,
    `--listen-client-urls=${etcdUrl}`,
    `--advertise-client-urls=${etcdUrl}`,
    `--listen-peer-urls=${etcdPeerUrl}`,
    `--initial-advertise-peer-urls=${etcdPeerUrl}`,
    `--initial-cluster=testkit=${etcdPeerUrl}`,
    // The data is thrown away with the process: it need not survive a loss of power.
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

export function apiServerFlags({ etcdUrl, port, file, auditLog }: Layout): readonly string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${file('pki/tls.crt')}`,
    `--tls-private-key-file=${file('pki/tls.key')}`,
    `--token-auth-file=${file('pki/tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${file('pki/accounts.key')}`,
    `--service-account-key-file=${file('pki/accounts.pub')}`,
    // A /24 is full after 254 Services.
    '--service-cluster-ip-range=10.96.0.0/16',
    // Nothing runs at the address of the default/kubernetes Service.
    '--endpoint-reconciler-type=none',
    '--allow-privileged=true',
    // By default a new file is begun at 100 MiB, in the middle of whatever test is then counting requests.
    ...(auditLog === undefined
      ? []
      : [`--audit-log-path=${auditLog}`, '--audit-log-maxsize=1000000', `--audit-policy-file=${file('audit-policy.yaml')}`]),
  ];
}

/**
 * What makes workloads, namespaces and garbage behave as in a cluster. Left out: what needs kubelets or a cloud (node lifecycle would evict
 * the pods of a simulated node that sends no heartbeats), volumes, and certificates.
 */
const CONTROLLERS = [
  'clusterrole-aggregation-controller',
  'cronjob-controller',
  'daemonset-controller',
  'deployment-controller',
  'disruption-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'garbage-collector-controller',
  'job-controller',
  'namespace-controller',
  'replicaset-controller',
  'resourcequota-controller',
  'root-ca-certificate-publisher-controller',
  'serviceaccount-controller',
  'statefulset-controller',
  'ttl-after-finished-controller',
] as const;

export function controllerManagerFlags({ kubeconfigPath, file }: Layout): readonly string[] {
  return [
    `--kubeconfig=${kubeconfigPath}`,
    `--controllers=${CONTROLLERS.join(',')}`,
    '--leader-elect=false',
    // No metrics or health port: nobody asks, and it is one port less to collide.
    '--secure-port=0',
    `--root-ca-file=${file('pki/ca.crt')}`,
    '--kube-api-qps=200',
    '--kube-api-burst=400',
  ];
}
