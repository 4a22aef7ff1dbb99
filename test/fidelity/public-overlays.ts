/** An overlay of somebody else's that builds without network. */
export interface PublicOverlay {
  /** The Go module whose archive it is in. */
  readonly module: string;
  readonly version: string;
  /** Its directory in the module. */
  readonly path: string;
  /** What it is here for. */
  readonly what: 'components' | 'configurations' | 'generators' | 'large' | 'patches' | 'replacements' | 'transformers' | 'vars';
  /** What the real program makes of it. */
  readonly objects: number;
}

interface PublicModule extends Pick<PublicOverlay, 'module' | 'version'> {
  readonly overlays: readonly (readonly [PublicOverlay['what'], path: string, objects: number])[];
}

const MODULES: readonly PublicModule[] = [
  {
    module: 'github.com/argoproj/argo-cd/v3',
    version: 'v3.1.0',
    overlays: [
      ['large', 'manifests/cluster-install', 59],
      ['large', 'manifests/core-install', 34],
      ['large', 'manifests/ha/cluster-install-with-hydrator', 74],
      ['patches', 'test/manifests/cmp', 61],
      ['generators', 'examples/plugins/helm', 51],
      ['components', 'util/kustomize/testdata/kustomization_yaml_components', 1],
    ],
  },
  {
    module: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    overlays: [['large', 'config/crds/bases', 23]],
  },
  {
    module: 'github.com/fluxcd/flux2/v2',
    version: 'v2.9.5',
    overlays: [
      ['patches', 'manifests/rbac', 6],
      ['generators', 'cmd/flux/testdata/build-kustomization/podinfo', 7],
    ],
  },
  {
    module: 'github.com/kedacore/keda/v2',
    version: 'v2.21.0',
    overlays: [['transformers', 'config/default', 26]],
  },
  {
    module: 'github.com/kubeflow/trainer/v2',
    version: 'v2.0.0',
    overlays: [
      ['large', 'manifests/base/crds', 3],
      ['configurations', 'manifests/base/webhook', 1],
    ],
  },
  {
    module: 'github.com/open-policy-agent/gatekeeper/v3',
    version: 'v3.23.1',
    overlays: [
      ['vars', 'config/default', 31],
      ['patches', 'cmd/build/helmify', 31],
    ],
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    overlays: [['large', '.', 15]],
  },
  {
    module: 'go.universe.tf/metallb',
    version: 'v0.16.2',
    overlays: [
      ['patches', 'config/frr-k8s-external', 26],
      ['patches', 'config/prometheus-frr', 33],
    ],
  },
  {
    module: 'sigs.k8s.io/cluster-api',
    version: 'v1.14.2',
    overlays: [
      ['replacements', 'core/config/default', 26],
      ['replacements', 'bootstrap/kubeadm/config/default', 14],
      ['replacements', 'controlplane/kubeadm/config/default', 15],
      ['generators', 'core/config/metrics', 2],
    ],
  },
  {
    module: 'sigs.k8s.io/cluster-api-operator',
    version: 'v0.29.0',
    overlays: [
      ['replacements', 'config/default', 19],
      ['replacements', 'config/chart', 17],
    ],
  },
  {
    module: 'sigs.k8s.io/cluster-api-provider-aws/v2',
    version: 'v2.13.0',
    overlays: [
      ['vars', 'config/default', 38],
      ['generators', 'test/e2e/data/infrastructure-aws/withclusterclass/kustomize_sources/external-vpc-clusterclass', 7],
      ['generators', 'test/e2e/data/infrastructure-aws/withoutclusterclass/kustomize_sources/gpu', 16],
    ],
  },
  {
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.4.0',
    overlays: [['large', 'config/crd/experimental', 11]],
  },
  {
    module: 'sigs.k8s.io/metrics-server',
    version: 'v0.9.0',
    overlays: [
      ['components', 'manifests/overlays/release', 9],
      ['components', 'manifests/overlays/release-ha', 10],
      ['components', 'manifests/overlays/release-ha-1.21+', 10],
      ['components', 'manifests/overlays/test', 9],
      ['components', 'manifests/overlays/test-ha', 10],
    ],
  },
];

export const PUBLIC_OVERLAYS: readonly PublicOverlay[] = MODULES.flatMap(({ module, version, overlays }) =>
  overlays.map(([what, path, objects]) => ({ module, version, path, what, objects })),
);
